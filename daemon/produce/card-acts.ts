import { sectorCount } from '../../drivers/codec/mifare-layout.ts';
import { StationFault, type FaultCode } from '../../drivers/contracts/fault.ts';
import type { AttemptLog } from './attempt-log.ts';
import type { EncodeStep } from './attempt-state.ts';
import type { CardPlan, CardPlanner } from './card-plan.ts';
import { crosscheck } from './crosscheck.ts';
import { readTracks, tracksDigest, writeTracks } from './magnetic-acts.ts';
import type { CardKind, StationParts } from './station-parts.ts';
import { sectorAccount } from './sector-account.ts';
import { withChip } from './with-chip.ts';

/** The acts of the loop on one card: each makes its intent durable, acts once, and makes the outcome durable. */
export class CardActs {
  readonly #parts: StationParts;
  readonly #log: AttemptLog;
  readonly #kind: CardKind;
  readonly #signal: AbortSignal;

  constructor(parts: StationParts, log: AttemptLog, kind: CardKind, signal: AbortSignal) {
    this.#parts = parts;
    this.#log = log;
    this.#kind = kind;
    this.#signal = signal;
  }

  /** Takes a blank to the contactless station. Throws `PRN-UNKNOWN` when a card is inside that nobody fed. */
  async feed(): Promise<void> {
    const evidence = await this.#examine();
    if (evidence.position !== 'none') throw new StationFault('PRN-UNKNOWN', { note: `a card is inside: ${evidence.position}` });
    this.#log.append({ kind: 'feed-intent', evidence });
    await this.#parts.bench.printer.feed('contactless', this.#move());
    this.#log.append({ kind: 'fed', evidence: await this.#examine() });
  }

  /** Reads who the chip is. A chip that carries another attempt's tag is refused: the card has been used. */
  async identify(): Promise<void> {
    const { orderId, attempt } = this.#log.key;
    const found = await withChip(this.#parts, 'contactless', this.#signal, async (chip, limit) => {
      const { uid, tag } = await this.#parts.chips.identify(chip, this.#kind, limit);
      return { uid, tag, atr: Buffer.from(chip.connection.atr).toString('hex').toUpperCase() };
    });
    if (found.tag !== null && (found.tag.orderId !== orderId || found.tag.attempt !== attempt)) throw new StationFault('ENC-UID-USED', { data: { uid: found.uid } });
    this.#parts.admitBlank?.(found.uid);
    this.#log.append({ kind: 'identified', uid: found.uid, atr: found.atr });
  }

  async encode(step: EncodeStep, plan: CardPlan): Promise<void> {
    this.#log.append({ kind: 'encode-intent', step });
    const { digest } = await this.#encodeStep(step, plan);
    this.#log.append({ kind: 'encoded', step, digest });
  }

  async #encodeStep(step: EncodeStep, plan: CardPlan): Promise<{ readonly digest: string }> {
    switch (step) {
      case 'mifare': return this.#encodeMifare(plan);
      case 'piv': return this.#encodePiv(plan);
      case 'magnetic': return { digest: tracksDigest(await writeTracks(this.#parts.bench.printer, plan.magneticTracks, this.#move())) };
    }
  }

  async #encodeMifare(plan: CardPlan): Promise<{ readonly digest: string }> {
    const mifareJob = plan.mifareJob(this.#uid());
    if (mifareJob === null) throw new StationFault('STA-BUG', { note: 'the plan has no MIFARE job' });
    return withChip(this.#parts, 'contactless', this.#signal, (chip, limit) => this.#parts.chips.encodeMifare(mifareJob, chip, this.#log.intents, limit));
  }

  async #encodePiv(plan: CardPlan): Promise<{ readonly digest: string }> {
    const pivJob = plan.pivJob();
    if (pivJob === null) throw new StationFault('STA-BUG', { note: 'the plan has no PIV job' });
    return withChip(this.#parts, 'contact', this.#signal, (chip, limit) => this.#parts.chips.encodePiv(pivJob, chip, this.#log.intents, limit));
  }

  /** Marks both sides. A print that was faster than the bench can be is not believed (printers.md 2.8). */
  async print(plan: CardPlan): Promise<void> {
    const { printer, limits } = this.#parts.bench;
    this.#log.append({ kind: 'print-intent', evidence: await this.#examine(), artwork: plan.image.digest });
    const { durationMs } = await printer.print(plan.image, { signal: this.#signal, timeoutMs: limits.printTimeoutMs });
    if (durationMs < limits.printFloorMs) throw new StationFault('QC-PRINT-DEFECT', { note: 'the print was too fast to be true', data: { durationMs: Math.round(durationMs) } });
    this.#log.append({ kind: 'printed', evidence: await this.#examine(), durationMs: Math.round(durationMs) });
  }

  /** Reads both chips and the magnetic tracks back and proves that they, the order and the picture belong together. */
  async crosscheck(plan: CardPlan, planner: CardPlanner): Promise<void> {
    const mifareJob = plan.mifareJob(this.#uid());
    const pivJob = plan.pivJob();
    const { chips } = this.#parts;
    const mifare = mifareJob === null ? null : await withChip(this.#parts, 'contactless', this.#signal, (chip, limit) => chips.finishMifare(mifareJob, chip, this.#log.intents, limit));
    const contactlessUid = mifare?.uid ?? (await this.#readUid());
    const piv = pivJob === null ? null : await withChip(this.#parts, 'contact', this.#signal, (chip, limit) => chips.finishPiv(pivJob, chip, limit));
    const tracks = plan.magneticTracks === null ? null : await readTracks(this.#parts.bench.printer, plan.magneticTracks, this.#move());
    const reports = { mifare, piv };
    const entry = crosscheck(this.#log.state, plan.values, contactlessUid, reports, tracks);
    await planner.handOver(this.#log.key.attempt, plan);
    this.#log.append(entry);
    this.#parts.observer.crosschecked(this.#log.key.orderId, this.#log.key.attempt, reports);
  }

  async eject(to: 'output' | 'reject', reason?: FaultCode): Promise<void> {
    const evidence = await this.#examine();
    const chip = this.#kind.mifareChip;
    const sectors = to === 'reject' && chip !== null ? sectorAccount(this.#log.entries, sectorCount(chip)) : null;
    this.#log.append({ kind: 'eject-intent', to, ...(reason === undefined ? {} : { reason }), evidence, ...(sectors === null ? {} : { sectors }) });
    await this.#parts.bench.printer.eject(to, this.#move());
    this.#log.append({ kind: 'ejected', to, evidence: await this.#examine() });
  }

  async #readUid(): Promise<string> {
    const found = await withChip(this.#parts, 'contactless', this.#signal, (chip, limit) => this.#parts.chips.identify(chip, this.#kind, limit));
    return found.uid;
  }

  #uid(): string {
    const { uid } = this.#log.state;
    if (uid === null) throw new StationFault('STA-BUG', { note: 'a chip was to be used before it was identified' });
    return uid;
  }

  #examine(): ReturnType<StationParts['bench']['printer']['examine']> {
    return this.#parts.bench.printer.examine({ signal: this.#signal, timeoutMs: this.#parts.bench.limits.queryTimeoutMs });
  }

  #move(): { readonly signal: AbortSignal; readonly timeoutMs: number } {
    return { signal: this.#signal, timeoutMs: this.#parts.bench.limits.moveTimeoutMs };
  }
}
