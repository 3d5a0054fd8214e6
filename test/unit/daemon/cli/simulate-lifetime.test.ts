import { expect, test } from 'vitest';
import { parseEndpoint } from '../../../../daemon/cli/simulate-lifetime.ts';

test.each([
  ['127.0.0.1:9100', { host: '127.0.0.1', port: 9100 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['[::1]:65535', { host: '::1', port: 65_535 }],
])('%s', (text, endpoint) => {
  expect(parseEndpoint(text)).toEqual(endpoint);
});

test.each(['', ':9100', 'host', 'host:', 'host:65536', 'host:-1', '::1:9100', 'host:9x'])('%j is no address', (text) => {
  expect(() => parseEndpoint(text)).toThrow(expect.objectContaining({ code: 'CLI-USAGE' }));
});
