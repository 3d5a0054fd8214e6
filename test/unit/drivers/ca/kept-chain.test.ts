import { describe, expect, it } from 'vitest';
import { isSoundChain, keepChain, type ChainShelf } from '../../../../drivers/ca/kept-chain.ts';
import type { CertificateAuthority } from '../../../../drivers/contracts/certificate-authority.ts';
import { systemClock, type Clock } from '../../../../drivers/contracts/clock.ts';
import { StationFault } from '../../../../drivers/contracts/fault.ts';
import { openSmallAuthority } from '../../../support/piv/small-authority.ts';
import { patience } from '../../../support/test-authority.ts';

const inForce: Clock = { ...systemClock, now: () => Date.parse('2030-06-01T00:00:00Z') };
const yearsLater: Clock = { ...systemClock, now: () => Date.parse('2040-01-02T00:00:00Z') };
const limit = patience();

/** A shelf in memory. */
class Shelf implements ChainShelf {
  chain: readonly Uint8Array[] | null = null;
  writes = 0;

  async read(): Promise<readonly Uint8Array[] | null> {
    return this.chain;
  }

  async write(chain: readonly Uint8Array[]): Promise<void> {
    this.chain = chain;
    this.writes += 1;
  }
}

/** An authority that can go away, and counts what it is asked. */
function leaving(chain: () => Promise<readonly Uint8Array[]>): CertificateAuthority & { isAway: boolean; asked: number } {
  return {
    isAway: false, asked: 0,
    async chain() {
      this.asked += 1;
      if (this.isAway) throw new StationFault('ENC-CA-UNAVAILABLE', { data: { sent: false } });
      return chain();
    },
    enroll: async () => { throw new StationFault('CA-REFUSED'); },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function world(): Promise<{ readonly told: readonly Uint8Array[]; readonly authority: ReturnType<typeof leaving>; readonly shelf: Shelf }> {
  const small = await openSmallAuthority();
  return { told: await small.chain(), authority: leaving(() => small.chain()), shelf: new Shelf() };
}

describe('the chain that a station keeps', () => {
  it('is asked for once, kept once, and given to the next run while the authority is away', async () => {
    const { told, authority, shelf } = await world();
    const first = keepChain(authority, shelf, inForce);
    expect(await first.knownChain(limit)).toEqual(told);
    expect(await first.knownChain(limit)).toEqual(told);
    expect(await first.chain(limit)).toEqual(told);
    expect({ asked: authority.asked, writes: shelf.writes }).toEqual({ asked: 2, writes: 1 });
    authority.isAway = true;
    const second = keepChain(authority, shelf, inForce);
    expect(await second.knownChain(limit)).toEqual(told);
    await expect(second.chain(limit)).rejects.toMatchObject({ code: 'ENC-CA-UNAVAILABLE' });
    expect(authority.asked).toBe(3);
  });

  it('is replaced by what the authority tells anew', async () => {
    const { told, shelf } = await world();
    shelf.chain = told;
    const successor = await openSmallAuthority();
    const known = keepChain(leaving(() => successor.chain()), shelf, inForce);
    expect(await known.knownChain(limit)).toEqual(told);
    await known.chain(limit);
    expect(shelf.chain).toEqual(await successor.chain());
    expect(await known.knownChain(limit)).toEqual(await successor.chain());
  });

  it('is asked for again when it expired, was cut, is of two authorities, or holds what is no certificate', async () => {
    const { told, authority, shelf } = await world();
    const other = await (await openSmallAuthority()).chain();
    const [issuing, root] = told as [Uint8Array, Uint8Array];
    const [, otherRoot] = other as [Uint8Array, Uint8Array];
    for (const damaged of [[], [issuing], [root, issuing], [issuing, otherRoot], [issuing.subarray(1), root]]) {
      shelf.chain = damaged;
      authority.isAway = true;
      await expect(keepChain(authority, shelf, inForce).knownChain(limit)).rejects.toMatchObject({ code: 'ENC-CA-UNAVAILABLE' });
      authority.isAway = false;
      expect(await keepChain(authority, shelf, inForce).knownChain(limit)).toEqual(told);
      expect(shelf.chain).toEqual(told);
    }
    authority.isAway = true;
    await expect(keepChain(authority, shelf, yearsLater).knownChain(limit)).rejects.toMatchObject({ code: 'ENC-CA-UNAVAILABLE' });
    expect([isSoundChain(told, inForce.now()), isSoundChain(told, yearsLater.now()), isSoundChain(told, 0)]).toEqual([true, false, false]);
  });

  it('needs no shelf, and revokes only where the authority does', async () => {
    const { told, authority } = await world();
    const known = keepChain(authority, null, inForce);
    expect(await known.knownChain(limit)).toEqual(told);
    expect('revoke' in known).toBe(false);
    const revoked: string[] = [];
    const able = keepChain({ ...authority, revoke: async ({ subjectKeyId }) => { revoked.push(subjectKeyId); } }, null, inForce);
    await able.revoke?.({ serial: null, subjectKeyId: 'AB' }, limit);
    expect(revoked).toEqual(['AB']);
  });
});
