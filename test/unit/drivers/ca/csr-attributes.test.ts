import { expect, test } from 'vitest';
import { parseCsrAttributes } from '../../../../drivers/ca/csr-attributes.ts';

test('reads the example of RFC 7030 section 4.5.2, as corrected by RFC 8951 section 4', () => {
  const body = 'MEEGCSqGSIb3DQEJBzASBgcqhkjOPQIBMQcGBSuBBAAiMBYGCSqGSIb3DQEJDjEJ\nBgcrBgEBAQEWBggqhkjOPQQDAw==\n';
  expect(parseCsrAttributes(body)).toEqual([
    '1.2.840.113549.1.9.7', '1.2.840.10045.2.1', '1.2.840.113549.1.9.14', '1.2.840.10045.4.3.3',
  ]);
});

test('an empty body is no wish', () => {
  expect(parseCsrAttributes('')).toEqual([]);
});

test.each(['MEEGCSqGSIb3DQ==', 'AgEB', '!!!!AAAA'])('refuses %s', (body) => {
  expect(() => parseCsrAttributes(body)).toThrow(/^CA-PROTOCOL/);
});
