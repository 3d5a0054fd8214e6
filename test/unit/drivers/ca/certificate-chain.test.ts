import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { orderChain } from '../../../../drivers/ca/certificate-chain.ts';
import { vector } from '../../../support/openssl-request.ts';

const der = (name: string): Uint8Array => new Uint8Array(new X509Certificate(vector(`est/${name}`)).raw);
const [root, issuing, old] = [der('root.pem'), der('issuing.pem'), der('old-root.pem')];

describe('the chain of an authority', () => {
  it.each([[[root, old, issuing]], [[issuing, root, old]], [[old, issuing, root]]])('is ordered whatever the message was', (message) => {
    expect(orderChain(message)).toEqual([issuing, root]);
  });

  it('may be a root alone', () => {
    expect(orderChain([root])).toEqual([root]);
  });

  it('is refused without its root', () => {
    expect(() => orderChain([issuing])).toThrow(/^CA-PROTOCOL/);
    expect(() => orderChain([])).toThrow(/^CA-PROTOCOL/);
  });
});
