import { createHash } from 'node:crypto';
import type { Clock, Wait } from '../drivers/contracts/clock.ts';
import type { EncoderIntent, IntentPort } from '../drivers/contracts/encoder.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import type { CardProfile } from '../queue/profile/card-profile.ts';
import type { TestCard } from '../queue/profile/profile-parts.ts';
import type { SectorProfile } from '../queue/profile/sector-profile.ts';
import { openSimulatedBlank } from './compose-simulated-blank.ts';
import { specimenMifareJob, specimenPivJob } from './compose-specimen.ts';
import { openRealBench, type TestBench } from './compose-test-bench.ts';
import { cardKindOf } from './produce/card-kind.ts';
import { drawCardSecrets } from './produce/card-secrets.ts';
import type { CardKind, ChipInReader, ChipReports } from './produce/station-parts.ts';

/** Where a test card is issued: on a blank made of software, or on the bench of a configuration. */
export type TestCardPlace = { readonly on: 'simulated blank' } | { readonly on: 'bench'; readonly configFile: string };

/** A test card as issued and read back. */
export interface IssuedTestCard {
  readonly on: TestCard['on'];
  readonly uid: string;
  /** SHA-256 (hex) over the digests of both chips. */
  readonly chips: string;
  /** What was journaled on a real card: every act of the encoders, in order. */
  readonly acts: readonly string[];
  /** Serial numbers of the certificates that the authority issued for it: they live until somebody revokes them. */
  readonly certificates: readonly string[];
}

const exchangeTimeoutMs = 60_000;

/**
 * Issues one test card by a card profile and reads it back. With a company's sectors only the MIFARE chip is made. A
 * card of the bench goes to the reject box, good or not. Throws what the encoders and the bench throw.
 */
export async function issueTestCard(place: TestCardPlace, card: CardProfile, sectors: SectorProfile | null, clock: Clock): Promise<IssuedTestCard> {
  const limit: Wait = { signal: new AbortController().signal, timeoutMs: exchangeTimeoutMs };
  await using bench = place.on === 'bench' ? await openRealBench(place.configFile, clock, limit) : await openSimulatedBlank(card, sectors, clock, limit);
  const steps = sectors === null ? card.stepOrder : (['mifare'] as const);
  const { uid, acts, reports } = await issue(bench, card, sectors, steps);
  const chips = createHash('sha256').update(`${reports.mifare?.digest ?? ''}|${reports.piv?.digest ?? ''}`).digest('hex');
  return { on: place.on, uid, chips, acts, certificates: (reports.piv?.certificates ?? []).map(({ serial }) => serial) };
}

interface Issued {
  readonly uid: string;
  readonly acts: readonly string[];
  readonly reports: ChipReports;
}

async function issue(bench: TestBench, card: CardProfile, sectors: SectorProfile | null, steps: CardKind['steps']): Promise<Issued> {
  const { chips, limit } = bench;
  const intents = new RecordedActs();
  using secrets = drawCardSecrets(card.piv.pinDigits);
  const kind = cardKindOf(card, steps);
  const { uid, tag } = await withChip(bench, 'contactless', (chip) => chips.identify(chip, kind, limit));
  if (tag !== null) throw new StationFault('ENC-UID-USED', { note: `the blank carries ${tag.orderId} # ${tag.attempt}` });
  const mifare = specimenMifareJob(card, sectors, uid);
  const piv = await specimenPivJob(card, secrets);
  const reports: { mifare: ChipReports['mifare']; piv: ChipReports['piv'] } = { mifare: null, piv: null };
  for (const step of steps) {
    if (step === 'mifare' && mifare !== null) {
      const { digest } = await withChip(bench, 'contactless', (chip) => chips.encodeMifare(mifare, chip, intents, limit));
      reports.mifare = await withChip(bench, 'contactless', (chip) => chips.finishMifare(mifare, chip, intents, limit));
      demandEqual(digest, reports.mifare.digest);
    }
    if (step === 'piv') {
      const { digest } = await withChip(bench, 'contact', (chip) => chips.encodePiv(piv, chip, intents, limit));
      reports.piv = await withChip(bench, 'contact', (chip) => chips.finishPiv(piv, chip, limit));
      demandEqual(digest, reports.piv.digest);
    }
  }
  return { uid, acts: intents.acts, reports };
}

async function withChip<T>(bench: TestBench, station: 'contactless' | 'contact', work: (chip: ChipInReader) => Promise<T>): Promise<T> {
  await using chip = await bench.at(station);
  return await work(chip);
}

function demandEqual(written: string, read: string): void {
  if (written !== read) throw new StationFault('ENC-VERIFY', { note: 'the test card reads back otherwise' });
}

/** Keeps what a journal would: there is no order that a test card belongs to. Nothing of it outlives the process, so a torn test card is not finished. */
class RecordedActs implements IntentPort {
  readonly acts: string[] = [];
  readonly #kept = new Map<string, Uint8Array>();

  async intend({ step, act }: EncoderIntent): Promise<void> {
    this.acts.push(`${step} ${act}`);
  }

  async achieved(): Promise<void> {}

  async keep(name: string, sealed: Uint8Array): Promise<void> {
    this.#kept.set(name, sealed);
  }

  async kept(name: string): Promise<Uint8Array | null> {
    return this.#kept.get(name) ?? null;
  }
}
