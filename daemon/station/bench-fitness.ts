import { faultEntry } from '../../drivers/contracts/fault.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import { printerGaps } from '../../drivers/contracts/printer-fitness.ts';
import type { PrinterDescription, PrinterSupplies } from '../../drivers/contracts/printer.ts';
import { profileName, type CardProfile } from '../../queue/profile/card-profile.ts';
import { needsOf, sidePanels } from '../produce/card-kind.ts';
import { suppliesFor } from './supplies.ts';

/** What the printer of a bench said of itself, and what it has left. */
export interface BenchState {
  readonly description: PrinterDescription;
  readonly supplies: PrinterSupplies;
}

/** What a batch is judged by: how many cards it has, and the profiles that they are made by. */
export interface BatchWork {
  readonly cards: number;
  readonly profiles: readonly CardProfile[];
}

/** `PRN-CAPABILITY` for a profile whose cards this printer cannot make, naming what it lacks. */
export function profileGaps(printer: PrinterDescription, profiles: readonly CardProfile[]): readonly Finding[] {
  return profiles.flatMap((profile): readonly Finding[] => {
    const gaps = printerGaps(printer, needsOf(profile));
    return gaps.length === 0 ? [] : [{ code: 'PRN-CAPABILITY', field: profileName(profile), detail: { note: `${printer.model}: ${gaps.join(', ')}` } }];
  });
}

/** What stands against a batch on this bench, and what must be said before it begins. Pure. */
export function batchFindings({ description, supplies }: BenchState, { cards, profiles }: BatchWork): readonly Finding[] {
  const short = suppliesFor(supplies, { cards, sides: sidePanels }).map(({ code, left, needed }): Finding => ({ code, field: 'bench.printer', detail: { note: suppliesNote(supplies), data: { left, needed } } }));
  return [...profileGaps(description, profiles), ...short];
}

/** The findings for which a batch is not begun. */
export function refusals(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ code }) => faultEntry(code).next !== 'warn');
}

function suppliesNote({ ribbon, ribbonSetsLeft, cardsUntilCleaning }: PrinterSupplies): string {
  const sets = ribbonSetsLeft === null ? 'an unknown number of' : String(ribbonSetsLeft);
  return `ribbon ${ribbon ?? 'unknown'} with ${sets} sets left, cleaning after ${cardsUntilCleaning === null ? 'an unknown number of' : String(cardsUntilCleaning)} cards`;
}
