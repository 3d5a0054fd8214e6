import type { CardImage } from '../../drivers/contracts/card-image.ts';
import type { MagneticTracks } from '../../drivers/contracts/printer.ts';
import type { MifareJob } from '../../drivers/mifare-classic/job.ts';
import type { PivJob } from '../../drivers/piv/job.ts';
import type { RgbPicture } from '../../templates/render/card-face.ts';
import type { PlannedValues } from './attempt-state.ts';
import type { CertificateToRevoke } from './certificates-to-revoke.ts';

/**
 * One card as it shall become: all that can fail without a card has been done. Holds the PIN and the PUK until it is
 * disposed of. The jobs are made for the identified chip, whose UID only the fed card tells.
 */
export interface CardPlan extends Disposable {
  readonly values: PlannedValues;
  readonly image: CardImage;
  /** The front as a person sees it, for the letter. */
  readonly front: RgbPicture;
  /** The texts of the magnetic tracks, or null when the profile has none. */
  readonly magneticTracks: MagneticTracks | null;
  /** The MIFARE job for a chip, or null when the profile has none. */
  mifareJob(uid: string): MifareJob | null;
  pivJob(): PivJob | null;
}

/** What is random or reserved, before it is journaled: the values, and the PIN and PUK as ciphertext to the station's key. */
export interface FixedValues {
  readonly values: Omit<PlannedValues, 'artwork'>;
  readonly sealed: Uint8Array;
}

/** Makes plans for one claimed order. */
export interface CardPlanner {
  /** Reserves a card number, draws GUID, PIN and PUK. Nothing of it is used before the journal knows it. */
  fix(attempt: number): Promise<FixedValues>;
  /**
   * Renders and lays out the card for fixed values; the same values give the same plan, also in another process.
   * Throws faults of kind `refuse` for what is wrong with the order, `TPL-*`, `KEY-*` for what is wrong with the station.
   */
  build(attempt: number, fixed: FixedValues): Promise<CardPlan>;
  /**
   * Hands the PIN over to the portal, sealed to its key, and makes the letter, before the card counts as good (rules
   * R36, R48). Durable when it returns; repeatable. Throws `KEY-PIN-HANDOVER`, `DEL-LETTER`, `KEY-PIN-IN-LETTER`.
   */
  handOver(attempt: number, plan: CardPlan): Promise<void>;
  /** The number of a scrapped attempt is dead: never used again. */
  retire(cardNumber: string): void;
  /** Certificates that must not live on are asked to be revoked. Durable when it returns; repeatable. */
  revoke(attempt: number, certificates: readonly CertificateToRevoke[]): void;
}
