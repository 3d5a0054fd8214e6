import { beforeAll, describe, expect, it } from 'vitest';
import { StationFault } from '../../../../drivers/contracts/fault.ts';
import { Secret } from '../../../../drivers/contracts/secret.ts';
import { encodePiv } from '../../../../drivers/piv/encoder.ts';
import { readBackPiv } from '../../../../drivers/piv/read-back.ts';
import type { PivMemory } from '../../../../simulator/card/piv/memory.ts';
import { restorePivCard } from '../../../../simulator/card/piv-card.ts';
import type { ChipSnapshot } from '../../../../simulator/card/simulated-chip.ts';
import { ChipChannel, IntentRecord, layered, limit, newCard, ProcessCustody, testClock, testJob } from '../../../support/piv/card-bench.ts';
import { openSmallAuthority, type SmallAuthority } from '../../../support/piv/small-authority.ts';

const keys = new ProcessCustody();
let authority: SmallAuthority;
let finished: ChipSnapshot;
let other: ChipSnapshot;

beforeAll(async () => {
  authority = await openSmallAuthority();
  const parts = { keys, ca: authority, intents: new IntentRecord(), clock: testClock, certificateTimeoutMs: 5000 };
  const issue = async (): Promise<ChipSnapshot> => {
    const { card } = newCard();
    await encodePiv(testJob(), layered(new ChipChannel(card.face('contact'))), parts, limit);
    return card.snapshot();
  };
  finished = await issue();
  other = await issue();
});

/** Reads back a card whose memory was tampered with; the fault's note, or `good`. */
async function verdict(change: (memory: PivMemory, from: PivMemory) => void, job = testJob(), chain?: readonly Uint8Array[]): Promise<string> {
  const snapshot = structuredClone(finished);
  change(snapshot.memory as PivMemory, structuredClone(other.memory) as PivMemory);
  const card = restorePivCard(snapshot, { random: (length) => new Uint8Array(length).fill(3), onChange: () => undefined });
  try {
    await readBackPiv(job, layered(new ChipChannel(card.face('contact'))), { keys, chain: chain ?? (await authority.chain()), clock: testClock }, limit);
    return 'good';
  } catch (error) {
    if (error instanceof StationFault && error.code === 'ENC-VERIFY') return error.detail.note ?? '';
    throw error;
  }
}

describe('readBackPiv', () => {
  it('calls an untouched card good, and takes no try of the PIN', async () => {
    const card = restorePivCard(finished, { random: (length) => new Uint8Array(length), onChange: () => undefined });
    const channel = (): ReturnType<typeof layered> => layered(new ChipChannel(card.face('contact')));
    const parts = { keys, chain: await authority.chain(), clock: testClock };
    const report = await readBackPiv(testJob(), channel(), parts, limit);
    expect(await readBackPiv(testJob(), channel(), parts, limit)).toEqual(report);
    expect(report.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(card.snapshot()).toEqual(finished);
  });

  it.each<[string, (memory: PivMemory, from: PivMemory) => void, RegExp]>([
    ['the CHUID of nobody', (memory) => { delete memory.objects['5FC102']; }, /^CHUID$/],
    ['an expiry changed', (memory) => { memory.objects['5FC102'] = (memory.objects['5FC102'] ?? '').replace('3230323831313330', '3230333031313330'); }, /^CHUID$/],
    ['no CCC', (memory) => { delete memory.objects['5FC107']; }, /^CCC$/],
    ['no tag', (memory) => { delete memory.objects['5FFF10']; }, /^tag$/],
    ['a certificate missing', (memory) => { delete memory.objects['5FC101']; }, /no certificate 9E/],
    ['the certificate of another card with the same subject', (memory, from) => { memory.objects['5FC105'] = from.objects['5FC105'] ?? ''; }, /9A is not proven by the key/],
    ['the key of another card', (memory, from) => { memory.keys['9E'] = from.keys['9E'] ?? (() => { throw new Error('no key'); })(); }, /9E is not proven by the key/],
    ['bytes that are no certificate', (memory) => { memory.objects['5FC105'] = '7003010203710100FE00'; }, /9A cannot be read/],
    ['a management key that is not the planned one', (memory) => { memory.management = { ...memory.management, key: '11'.repeat(32) }; }, /planned management key/],
    ["the factory's management key", (memory) => { memory.management = { algorithm: '3DES', key: '0102030405060708'.repeat(3), isFactory: true }; }, /factory's management key still opens/],
    ['another PIN', (memory) => { memory.pin.value = '313233343536FFFF'; }, /planned PIN is refused/],
    ["the factory's PUK", (memory) => { memory.puk.value = '3132333435363738'; memory.puk.isFactory = true; }, /PUK is still the factory's/],
    ['a discovery object of another application', (memory) => { memory.objects['7E'] = '7E124F0BA0000003080000200001005F2F024000'; }, /discovery/],
  ])('finds %s', async (_name, change, note) => {
    expect(await verdict(change)).toMatch(note);
  });

  it('finds a chain that is not the one of the certificates', async () => {
    expect(await verdict(() => undefined, testJob(), await (await openSmallAuthority()).chain())).toMatch(/9E is not of the chain/);
    expect(await verdict(() => undefined, testJob(), [])).toMatch(/9E is not of the chain/);
  });

  it('finds a PUK that is not the planned one on a card that cannot tell', async () => {
    const job = testJob({ puk: Secret.take(Buffer.from('00000000')) });
    const silent = (memory: PivMemory): void => { Object.assign(memory, { abilities: 'plain' }); };
    expect(await verdict(silent, job)).toBe('the planned PUK is refused');
    expect(await verdict(silent)).toBe('good');
  });

  it('finds a tag that should have been taken away', async () => {
    expect(await verdict(() => undefined, testJob({ keepTag: false }))).toBe('tag');
  });
});
