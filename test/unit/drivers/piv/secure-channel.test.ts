import { beforeAll, describe, expect, it } from 'vitest';
import { secureChannelOpener } from '../../../../drivers/channel/open-secure-channel.ts';
import { scp03Level } from '../../../../drivers/codec/scp03.ts';
import type { SecureChannelPlan } from '../../../../drivers/contracts/channel.ts';
import { StationFault } from '../../../../drivers/contracts/fault.ts';
import { encodePiv } from '../../../../drivers/piv/encoder.ts';
import type { PivJob, PivReport } from '../../../../drivers/piv/job.ts';
import { readBackPiv } from '../../../../drivers/piv/read-back.ts';
import { channelBlank, plainChannelBlank, plainStandard, standardBlank, type PivAbilities } from '../../../../simulator/card/piv/abilities.ts';
import type { PivCard } from '../../../../simulator/card/piv-card.ts';
import type { PivMemory } from '../../../../simulator/card/piv/memory.ts';
import { ChipChannel, IntentRecord, layered, limit, newCard, ProcessCustody, testClock, testJob, testPin } from '../../../support/piv/card-bench.ts';
import { openSmallAuthority, type SmallAuthority } from '../../../support/piv/small-authority.ts';

let authority: SmallAuthority;
beforeAll(async () => { authority = await openSmallAuthority(); });

const everything = scp03Level.commandMac | scp03Level.commandEncryption | scp03Level.responseMac | scp03Level.responseEncryption;
const plan: SecureChannelPlan = { keys: { kind: 'diversified', master: { label: 'maker', version: 1 } }, lengthBytes: 16, keyVersion: 0x30, level: everything };
const channelJob = (): PivJob => testJob({ secureChannel: plan });

interface Run {
  readonly report: Promise<PivReport>;
  readonly channel: ChipChannel;
  readonly intents: IntentRecord;
}

function encode(job: PivJob, card: PivCard, seed = 'test'): Run {
  const keys = new ProcessCustody(seed);
  const channel = new ChipChannel(card.face('contact'));
  const intents = new IntentRecord();
  return { channel, intents, report: encodePiv(job, layered(channel), { keys, ca: authority, intents, clock: testClock, openChannel: secureChannelOpener(keys), certificateTimeoutMs: 5000 }, limit) };
}

async function faultOf(work: Promise<unknown>): Promise<StationFault> {
  const outcome = await work.catch((error: unknown) => error);
  if (outcome instanceof StationFault) return outcome;
  throw new Error('the work did not fail as a StationFault', { cause: outcome });
}

const hexOf = (value: Uint8Array): string => Buffer.from(value).toString('hex');

describe('a blank that takes orders through a secure channel only', () => {
  it.each<[string, PivAbilities, number]>([
    ["with Yubico's command for the management key, everything secured", channelBlank, everything],
    ['the same without secured answers', channelBlank, scp03Level.commandMac | scp03Level.commandEncryption],
    ['whose management key is reference data', plainChannelBlank, everything],
  ])('is issued and reads back, its secrets never in clear: %s', async (_name, abilities, level) => {
    const { card } = newCard(abilities);
    // Answers with an RSA key are longer than a short APDU: they are secured whole and fetched in parts.
    const slots = testJob().slots.map((slot, index) => (index === 0 ? { ...slot, algorithm: 'RSA-2048' as const } : slot));
    const job = testJob({ slots, secureChannel: { ...plan, level } });
    const run = encode(job, card);
    const report = await run.report;
    expect(report.certificates).toHaveLength(2);
    expect(await readBackPiv(job, layered(new ChipChannel(card.face('contact'))), { keys: new ProcessCustody(), chain: await authority.chain(), clock: testClock }, limit)).toEqual(report);
    expect(run.channel.commands.map(hexOf).join(' ')).not.toContain(hexOf(Buffer.from(testPin)));
    const inClear = run.channel.commands.filter(([cla, ins]) => ((cla ?? 0) & 0x04) === 0 && ins !== 0xc0).map(([, ins]) => ins);
    expect(inClear).toEqual([0xa4, 0x50]);
  });

  it('is refused in clear before anything is written', async () => {
    const { card, saved } = newCard(channelBlank);
    expect((await faultOf(encode(testJob(), card).report)).code).toBe('ENC-AUTH');
    expect(saved).toEqual([]);
  });

  it("is left as it was, and counts no try, when the keys are another maker's", async () => {
    const { card, saved } = newCard(channelBlank);
    for (let tries = 0; tries < 12; tries += 1) {
      const run = encode(channelJob(), card, 'another token');
      expect((await faultOf(run.report)).code).toBe('KEY-CHANNEL');
      expect(run.intents.lines).toEqual([]);
      expect(run.channel.commands.map(([, ins]) => ins)).toEqual([0xa4, 0x50]);
    }
    expect(saved).toEqual([]);
    expect((card.snapshot().memory as PivMemory).channelTriesLeft).toBeUndefined();
    expect((await encode(channelJob(), card).report).certificates).toHaveLength(2);
  });

  it('is refused by its key set, and a blank without a channel as the wrong one', async () => {
    const otherSet = testJob({ secureChannel: { ...plan, keyVersion: 0x31 } });
    expect((await faultOf(encode(otherSet, newCard(channelBlank).card).report)).code).toBe('KEY-CHANNEL');
    expect((await faultOf(encode(channelJob(), newCard(standardBlank).card).report)).code).toBe('ENC-WRONG-BLANK');
  });

  it('goes on through a new channel when the first was cut', async () => {
    const { card } = newCard(channelBlank);
    const keys = new ProcessCustody();
    const cut = new ChipChannel(card.face('contact'), { at: 30, when: 'after' });
    const parts = { keys, ca: authority, intents: new IntentRecord(), clock: testClock, openChannel: secureChannelOpener(keys), certificateTimeoutMs: 5000 };
    expect((await faultOf(encodePiv(channelJob(), layered(cut), parts, limit))).code).toBe('LNK-CARD-GONE');
    expect((await encode(channelJob(), card).report).certificates).toHaveLength(2);
  });

  it('is refused by a station that opens none', async () => {
    const channel = new ChipChannel(newCard(channelBlank).card.face('contact'));
    const parts = { keys: new ProcessCustody(), ca: authority, intents: new IntentRecord(), clock: testClock, certificateTimeoutMs: 5000 };
    expect((await faultOf(encodePiv(channelJob(), layered(channel), parts, limit))).code).toBe('ENC-PROFILE-INVALID');
  });
});

describe('a blank without a way known here to replace its management key', () => {
  it('is refused before anything is written', async () => {
    const { card, saved } = newCard(plainStandard);
    const run = encode(testJob(), card);
    const fault = await faultOf(run.report);
    expect([fault.code, fault.detail.note]).toEqual(['ENC-WRONG-BLANK', 'the card has no command known here that replaces its management key']);
    expect(run.intents.lines).toEqual([]);
    expect(saved).toEqual([]);
  });
});
