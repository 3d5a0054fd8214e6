import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ContentSigner } from '../../../../drivers/contracts/content-signer.ts';
import { StationFault } from '../../../../drivers/contracts/fault.ts';
import { encodePiv } from '../../../../drivers/piv/encoder.ts';
import type { PivJob, PivReport } from '../../../../drivers/piv/job.ts';
import { readBackPiv } from '../../../../drivers/piv/read-back.ts';
import { canokeyLike, standardBlank, type PivAbilities } from '../../../../simulator/card/piv/abilities.ts';
import type { PivMemory } from '../../../../simulator/card/piv/memory.ts';
import { restorePivCard, type PivCard } from '../../../../simulator/card/piv-card.ts';
import { ChipChannel, fullJob, IntentRecord, layered, limit, newCard, ProcessCustody, testClock, testJob } from '../../../support/piv/card-bench.ts';
import { openSmallAuthority, type SmallAuthority } from '../../../support/piv/small-authority.ts';

const keys = new ProcessCustody();
let authority: SmallAuthority;
let signer: ContentSigner;
let full: PivJob;

beforeAll(async () => {
  authority = await openSmallAuthority();
  signer = await authority.contentSigner();
  full = fullJob(await sharp({ create: { width: 240, height: 320, channels: 3, background: '#8899aa', noise: { type: 'gaussian', mean: 128, sigma: 12 } } }).jpeg({ quality: 40 }).toBuffer());
  expect(full.facialImage?.jpeg.length).toBeGreaterThan(3000);
});

function encode(job: PivJob, card: PivCard, by: ContentSigner | null = signer, intents = new IntentRecord()): Promise<PivReport> {
  return encodePiv(job, layered(new ChipChannel(card.face('contact'))), { keys, ca: authority, intents, clock: testClock, certificateTimeoutMs: 5000, signer: by }, limit);
}

async function readBack(job: PivJob, card: PivCard, by: ContentSigner | null = signer): Promise<string> {
  try {
    await readBackPiv(job, layered(new ChipChannel(card.face('contact'))), { keys, chain: await authority.chain(), clock: testClock, signer: by }, limit);
    return 'good';
  } catch (error) {
    if (error instanceof StationFault && error.code === 'ENC-VERIFY') return error.detail.note ?? '';
    throw error;
  }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const outcome = await work.catch((error: unknown) => error);
  return outcome instanceof StationFault ? outcome.code : 'no fault';
}

describe('a card with every object and every key', () => {
  it.each<[string, Partial<PivAbilities>]>([['standard', {}], ['a card that lets 9C sign without a new PIN', { signaturePinEveryTime: false }]])('is issued and proven: %s', async (_name, abilities) => {
    const { card } = newCard({ ...standardBlank, ...abilities });
    const report = await encode(full, card);
    expect(report.certificates.map(({ slot }) => slot)).toEqual(['9A', '9C', '9D', '9E']);
    expect(await readBack(full, card)).toBe('good');
    const again = new IntentRecord();
    expect(await encode(full, card, signer, again)).toEqual(report);
    expect(again.lines.filter((line) => line.startsWith('+ ')), 'only what is behind the PIN is written again').toEqual(['+ printed information', '+ facial image', '+ PUK', '+ PIN']);
  });

  it.each(['P-384', 'RSA-2048', 'RSA-3072'] as const)('takes %s in 9C and 9D', async (algorithm) => {
    const { card } = newCard();
    const job = testJob({ slots: full.slots.filter(({ slot }) => slot === '9C' || slot === '9D').map((plan) => ({ ...plan, algorithm })) });
    expect((await encode(job, card)).certificates).toHaveLength(2);
    expect(await readBack(job, card)).toBe('good');
  });

  it('finds that a card cannot hold the portrait by trying it, not by a table', async () => {
    expect(await codeOf(encode(full, newCard(canokeyLike).card))).toBe('ENC-WRONG-BLANK');
  });

  it('refuses a portrait over the size of its object, and one without a content signer, before the card is written', async () => {
    const { card, saved } = newCard();
    expect(await codeOf(encode({ ...full, facialImage: null, keyHistory: false }, newCard().card, null))).toBe('no fault');
    expect(await codeOf(encode(full, card, null))).toBe('ENC-PROFILE-INVALID');
    expect(saved).toEqual([]);
    const large = { ...(full.facialImage ?? { widthPx: 1, heightPx: 1, createdOn: '', validTo: '' }), jpeg: new Uint8Array(12_700) };
    expect(await codeOf(encode({ ...full, facialImage: large }, newCard().card))).toBe('ENC-PROFILE-INVALID');
  });
});

describe('readBackPiv', () => {
  let finished: PivCard;
  let other: PivCard;
  beforeAll(async () => {
    finished = newCard().card;
    await encode(full, finished);
    other = newCard().card;
    await encode({ ...full, printedInformation: { ...(full.printedInformation ?? never()), name: 'SOMEBODY ELSE' } }, other);
  });

  async function tampered(change: (objects: Record<string, string>, from: Record<string, string>) => void): Promise<string> {
    const snapshot = structuredClone(finished.snapshot());
    const memory = snapshot.memory as PivMemory;
    change(memory.objects, (other.snapshot().memory as PivMemory).objects);
    return readBack(full, restorePivCard(snapshot, { random: (length) => new Uint8Array(length).fill(3), onChange: () => undefined }));
  }

  it('believes an object by its signature alone', async () => {
    const unsigned = newCard().card;
    await encode({ ...full, facialImage: null }, unsigned, null);
    expect(await tampered(() => undefined)).toBe('good');
    expect(await tampered((objects) => { objects['5FC102'] = (unsigned.snapshot().memory as PivMemory).objects['5FC102'] ?? ''; })).toBe('CHUID is not signed');
    expect(await tampered((objects, from) => { objects['5FC106'] = from['5FC106'] ?? ''; })).toBe('security object');
    expect(await tampered((objects) => { delete objects['5FC106']; })).toBe('security object');
    expect(await tampered((objects) => { delete objects['5FC10C']; })).toBe('key history');
    expect(await tampered((objects) => { delete objects['5FC108']; })).toBe('facial image');
    expect(await tampered((objects) => { objects['5FC108'] = flipped(objects['5FC108'] ?? '', 400); })).toBe('facial image');
    expect(await tampered((objects) => { objects['5FC106'] = flipped(objects['5FC106'] ?? '', -8); })).toBe('security object');
    expect(await tampered((objects) => { objects['5FC102'] = flipped(objects['5FC102'] ?? '', -8); })).toBe('CHUID');
  });

  it('takes an older signer of the same authority, and no other', async () => {
    expect(await readBack(full, finished, await authority.contentSigner())).toBe('good');
    const stranger = newCard().card;
    await encode(full, stranger, await (await openSmallAuthority()).contentSigner());
    expect(await readBack(full, stranger)).toBe('CHUID');
    const misused = newCard().card;
    await encode(full, misused, await authority.contentSigner('1.3.6.1.5.5.7.3.2'));
    expect(await readBack(full, misused)).toBe('CHUID');
  });
});

/** Hex with one byte changed; a negative place counts from the end. */
function flipped(hex: string, at: number): string {
  const bytes = Buffer.from(hex, 'hex');
  const index = at < 0 ? bytes.length + at : at;
  bytes[index] = (bytes[index] ?? 0) ^ 0x01;
  return bytes.toString('hex').toUpperCase();
}

function never(): never {
  throw new Error('the full job prints information');
}
