import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../drivers/contracts/clock.ts';
import type { Finding } from '../../drivers/contracts/finding.ts';
import type { Journal } from '../../queue/journal/journal.ts';
import { answeredInTime } from '../files/answered-in-time.ts';
import { systemCode } from '../files/bounded-file.ts';
import type { ChipReports } from '../produce/station-parts.ts';

/** Where pictures of a finished card can be had: files by side, null where nobody took one. */
export type CardPictures = (uid: string) => Promise<{ readonly front: string | null; readonly back: string | null }>;

/**
 * The results of a run, one folder an order: `attempt.json` (the journal's account), `chips.json` (both chips as read
 * back), and pictures of the card where the bench takes them.
 */
export class Dossiers {
  readonly #folder: string;
  readonly #journal: Journal;
  readonly #pictures: CardPictures;
  readonly #clock: Clock;
  readonly #reports = new Map<string, ChipReports>();

  constructor(folder: string, journal: Journal, pictures: CardPictures, clock: Clock) {
    this.#clock = clock;
    this.#folder = folder;
    this.#journal = journal;
    this.#pictures = pictures;
  }

  /** Keeps what was read back until the order's folder is written. */
  keep(orderId: string, reports: ChipReports): void {
    this.#reports.set(orderId, reports);
  }

  folderOf(orderId: string): string {
    return join(this.#folder, orderId);
  }

  /**
   * Writes the folder of an order; a later attempt's account replaces an earlier one's. Gives what kept it from that, for the
   * journal has the truth and the next card can be made without: a full disk, or one that did not answer within a minute.
   */
  async write(orderId: string): Promise<Finding | null> {
    const folder = this.folderOf(orderId);
    const finding = (note: string): Finding => ({ code: 'FIL-WRITE', field: folder, detail: { field: folder, note } });
    try {
      const answer = await answeredInTime(() => this.#write(orderId, folder), this.#clock);
      return answer.kind === 'answered' ? null : finding(answer.note);
    } catch (error) {
      const reason = systemCode(error);
      if (reason === null) throw error;
      return finding(reason);
    }
  }

  async #write(orderId: string, folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    const records = this.#journal.recordsOf(orderId);
    await writeJson(join(folder, 'attempt.json'), records);
    const reports = this.#reports.get(orderId);
    if (reports !== undefined) await writeJson(join(folder, 'chips.json'), reports);
    this.#reports.delete(orderId);
    const uid = records.findLast((record) => record.entry.kind === 'identified')?.entry;
    if (uid?.kind === 'identified') await this.#copyPictures(folder, uid.uid);
  }

  async #copyPictures(folder: string, uid: string): Promise<void> {
    const { front, back } = await this.#pictures(uid);
    if (front !== null) await copyFile(front, join(folder, 'front.png'));
    if (back !== null) await copyFile(back, join(folder, 'back.png'));
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
