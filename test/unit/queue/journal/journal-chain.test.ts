import { describe, expect, it } from 'vitest';
import { bodyText, genesisHash, nextHash, parseBody, toRecord } from '../../../../queue/journal/journal-chain.ts';

const body = { seq: 1, at: 1_700_000_000_000, orderId: 'Å-1', attempt: 1, fence: 7, entry: { kind: 'claimed', payloadDigest: 'ab' } } as const;

describe('The journal chain', () => {
  it('writes bodies as canonical JSON, whatever the order of their values', () => {
    const text = '{"at":1700000000000,"attempt":1,"entry":{"kind":"claimed","payloadDigest":"ab"},"fence":7,"orderId":"Å-1","seq":1}';
    expect(bodyText(body)).toBe(text);
    expect(bodyText({ entry: { payloadDigest: 'ab', kind: 'claimed' }, fence: 7, orderId: 'Å-1', attempt: 1, at: body.at, seq: 1 })).toBe(text);
    expect(parseBody(text)).toEqual(body);
  });

  it('hashes as Python does: SHA-256 over the hash before and the UTF-8 text', () => {
    const genesis = genesisHash('00000000-0000-4000-8000-000000000000');
    expect(genesis.toString('hex')).toBe('680e10057e97e1ee60222b4a54a73fa360728bf7c7317868ccb50efc49b95639');
    expect(nextHash(genesis, bodyText(body)).toString('hex')).toBe('e58d3b92437d8d7cb71dd4f773ba479bd80fa8b8a66889393e0788653ca82ad1');
  });

  it('starts another chain for another journal', () => {
    expect(genesisHash('a').equals(genesisHash('b'))).toBe(false);
  });

  it('shows the hash in hex', () => {
    expect(toRecord(body, Uint8Array.of(0xab, 0x01))).toEqual({ ...body, hash: 'ab01' });
  });
});
