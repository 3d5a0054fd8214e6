import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { extensionInstruction } from '../../../../drivers/codec/piv-extension-apdu.ts';
import type { ContentSigner } from '../../../../drivers/contracts/content-signer.ts';
import { decodeCertificateObject } from '../../../../drivers/codec/piv-certificate-object.ts';
import { StationFault } from '../../../../drivers/contracts/fault.ts';
import { encodePiv } from '../../../../drivers/piv/encoder.ts';
import type { PivJob } from '../../../../drivers/piv/job.ts';
import { readBackPiv } from '../../../../drivers/piv/read-back.ts';
import { standardBlank, type PivAbilities } from '../../../../simulator/card/piv/abilities.ts';
import type { PivMemory } from '../../../../simulator/card/piv/memory.ts';
import type { PivCard } from '../../../../simulator/card/piv-card.ts';
import { ChipChannel, fullJob, IntentRecord, layered, limit, newCard, ProcessCustody, testClock, testJob, testPin, testPuk } from '../../../support/piv/card-bench.ts';
import { openSmallAuthority, type SmallAuthority } from '../../../support/piv/small-authority.ts';

type Pull = { readonly at: number; readonly when: 'before' | 'after' };

const certificateObjects = { '9A': '5FC105', '9C': '5FC10A', '9D': '5FC10B', '9E': '5FC101' } as const;
const keys = new ProcessCustody();
/** Exchanges of one issue of two P-256 slots with tag, the read-back at its end included. */
const exchangesOfAnIssue = 49;
let authority: SmallAuthority;
/** The station's content signer; null where a test has a station without one. */
let signer: ContentSigner | null = null;

beforeAll(async () => {
  authority = await openSmallAuthority();
});

/** One run until it is done or the card is pulled; anything else that goes wrong fails the test. */
async function run(job: PivJob, card: PivCard, intents: IntentRecord, pull: Pull | null): Promise<{ readonly finished: boolean; readonly exchanges: number }> {
  const channel = new ChipChannel(card.face('contact'), pull);
  const parts = { keys, ca: authority, intents, clock: testClock, certificateTimeoutMs: 5000, signer };
  try {
    await encodePiv(job, layered(channel), parts, limit);
    return { finished: true, exchanges: channel.count };
  } catch (error) {
    if (error instanceof StationFault && error.code === 'LNK-CARD-GONE') return { finished: false, exchanges: channel.count };
    throw error;
  }
}

async function isCalledGood(job: PivJob, card: PivCard): Promise<boolean> {
  const channel = layered(new ChipChannel(card.face('contact')));
  try {
    await readBackPiv(job, channel, { keys, chain: await authority.chain(), clock: testClock, signer }, limit);
    return true;
  } catch (error) {
    if (error instanceof StationFault && (error.code === 'ENC-VERIFY' || error.code === 'ENC-WRONG-BLANK')) return false;
    throw error;
  }
}

/** The truth by the chip's memory, without asking the driver. */
async function isReallyGood(job: PivJob, card: PivCard): Promise<boolean> {
  const memory = card.snapshot().memory as PivMemory;
  using planned = await keys.managementKey(job.managementKey.next, Buffer.from(job.guid, 'hex'), 32);
  const references = [
    memory.management.key === planned.use((bytes) => Buffer.from(bytes).toString('hex').toUpperCase()),
    memory.pin.value === `${Buffer.from(testPin).toString('hex')}FFFF`.toUpperCase(),
    memory.puk.value === Buffer.from(testPuk).toString('hex').toUpperCase(),
    memory.objects['5FC102']?.includes(job.guid) === true,
    memory.objects['5FC107'] !== undefined,
    (memory.objects['5FFF10'] !== undefined) === (job.tag !== null && job.keepTag),
  ];
  const signed = [
    (memory.objects['5FC106'] !== undefined) === (signer !== null),
    (memory.objects['5FC108'] !== undefined) === ((job.facialImage ?? null) !== null),
    (memory.objects['5FC10C'] !== undefined) === (job.keyHistory === true),
  ];
  return [...references, ...signed].every(Boolean) && job.slots.every(({ slot }) => certificateFits(memory, certificateObjects[slot], slot));
}

function certificateFits(memory: PivMemory, container: string, slot: string): boolean {
  const [object, key] = [memory.objects[container], memory.keys[slot]];
  if (object === undefined || key === undefined) return false;
  const der = decodeCertificateObject(Buffer.from(object, 'hex'));
  if (der === null) return false;
  const inChip = createPublicKey(createPrivateKey({ key: Buffer.from(key.pkcs8, 'hex'), format: 'der', type: 'pkcs8' }));
  return inChip.equals(new X509Certificate(der).publicKey);
}

/** Serial numbers of the certificates on the card. */
function onCard(job: PivJob, card: PivCard): string[] {
  const memory = card.snapshot().memory as PivMemory;
  return job.slots.map(({ slot }) => {
    const der = decodeCertificateObject(Buffer.from(memory.objects[certificateObjects[slot]] ?? '', 'hex'));
    return der === null ? '' : new X509Certificate(der).serialNumber;
  });
}

/** Pulls at one exchange, then does what the station does: scraps after a begun permanent act, else runs again until done, with one certificate a slot. */
async function pullThenFinish(job: PivJob, pulls: readonly Pull[], abilities: PivAbilities = standardBlank): Promise<'scrapped' | 'finished'> {
  const { card } = newCard(abilities);
  const intents = new IntentRecord();
  const issuedBefore = authority.issued.length;
  for (const pull of [...pulls, null]) {
    const { finished } = await run(job, card, intents, pull);
    expect(await isCalledGood(job, card)).toBe(await isReallyGood(job, card));
    if (finished) break;
    if (intents.hasOpenPermanent) return 'scrapped';
  }
  expect(await isReallyGood(job, card)).toBe(true);
  expect(authority.issued.slice(issuedBefore).map((der) => new X509Certificate(der).serialNumber)).toEqual(onCard(job, card));
  return 'finished';
}

describe('a card pulled out of a PIV issue', () => {
  it('needs a known number of exchanges', async () => {
    const { exchanges } = await run(testJob(), newCard().card, new IntentRecord(), null);
    expect(exchanges).toBe(exchangesOfAnIssue);
  });

  it.each(['before', 'after'] as const)('at any exchange, %s the card did it: finished on the next try, never good before it is', async (when) => {
    const outcomes = { scrapped: 0, finished: 0 };
    for (let at = 0; at < exchangesOfAnIssue; at += 1) outcomes[await pullThenFinish(testJob(), [{ at, when }])] += 1;
    // A certificate is kept before it is written: no exchange lies inside a permanent act.
    expect(outcomes).toEqual({ scrapped: 0, finished: exchangesOfAnIssue });
  }, 180_000);

  it('the same for a card that gives its tag up at the end', async () => {
    const outcomes = new Set<string>();
    // Up to the certificates nothing differs from the runs above.
    for (let at = 22; at < exchangesOfAnIssue + 2; at += 1) outcomes.add(await pullThenFinish(testJob({ keepTag: false }), [{ at, when: 'after' }]));
    expect([...outcomes]).toEqual(['finished']);
  }, 180_000);

  it('the same for a card that does not tell what of it is the factory\'s', async () => {
    const silent = { ...standardBlank, extensions: [extensionInstruction.setManagementKey] };
    const outcomes = new Set<string>();
    for (let at = 0; at < exchangesOfAnIssue; at += 2) outcomes.add(await pullThenFinish(testJob(), [{ at, when: 'after' }], silent));
    expect([...outcomes]).toEqual(['finished']);
  }, 180_000);

  it('pulled again and again at places drawn by a digest, it is still finished', async () => {
    const places = createHash('sha512').update('pulled twice').digest();
    const outcomes = new Set<string>();
    for (let round = 0; round < 12; round += 1) {
      const at = (index: number): number => (places[(round * 2 + index) % places.length] ?? 0) % exchangesOfAnIssue;
      outcomes.add(await pullThenFinish(testJob({ tag: null }), [{ at: at(0), when: 'after' }, { at: at(1), when: 'after' }, { at: at(2), when: 'before' }]));
    }
    expect([...outcomes]).toEqual(['finished']);
  }, 180_000);
});

describe('a card with every object and every key, pulled out of its issue', () => {
  it('at any exchange: finished on the next try, never good before it is', async () => {
    signer = await authority.contentSigner();
    try {
      // The smallest picture: its bytes make no difference to the order of things.
      const job = fullJob(Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex'));
      const { exchanges } = await run(job, newCard().card, new IntentRecord(), null);
      const outcomes = { scrapped: 0, finished: 0 };
      for (let at = 0; at < exchanges; at += 1) outcomes[await pullThenFinish(job, [{ at, when: 'after' }])] += 1;
      process.stdout.write(`PIV issue with every object: pulled at each of ${exchanges} exchanges, ${outcomes.finished} finished, ${outcomes.scrapped} scrapped\n`);
      expect(outcomes).toEqual({ scrapped: 0, finished: exchanges });
    } finally {
      signer = null;
    }
  }, 400_000);
});
