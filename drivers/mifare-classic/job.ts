import type { KeyReference } from '../contracts/keys.ts';
import type { ApduChannel } from '../contracts/channel.ts';
import type { SectorAccess } from '../codec/access-bits.ts';
import type { CardTag } from '../codec/card-tag.ts';
import type { MifareChip } from '../codec/mifare-layout.ts';

/** A chip in a reader: the reader's PC/SC name chooses its profile (key slots, load options). */
export interface MifareCard {
  readonly channel: ApduChannel;
  readonly reader: string;
}

/** One company sector as its profile says: every data block, the access conditions by meaning, the keys by reference. */
export interface MifareSectorJob {
  readonly sector: number;
  /** Application identifier as written, `5189`. Enters the directory and the keys. */
  readonly aid: string;
  /** The data blocks of the sector in order, 16 bytes each: three, or fifteen in the large sectors of a 4K. */
  readonly blocks: readonly Uint8Array[];
  readonly access: SectorAccess;
  readonly keyA: KeyReference;
  readonly keyB: KeyReference;
}

/**
 * Everything that one MIFARE Classic chip shall carry. Keys by reference only. Sectors that are not named are locked
 * with keys of their own, derived from `lock`; key B of the directory sector and both keys of the tag's sector too.
 */
export interface MifareJob {
  readonly chip: MifareChip;
  /** UID of the identified chip, upper-case hex, 4 or 7 bytes. Another chip is refused. */
  readonly uid: string;
  /** The tag and the sector it stands in (not 0, not a company sector). */
  readonly tag: CardTag & { readonly sector: number };
  /** Whether the tag stays on the finished card; else `eraseTag` takes it away at the end. */
  readonly keepTag: boolean;
  readonly sectors: readonly MifareSectorJob[];
  /** Sector of the card publisher in the directory, 0 for none. The AIDs follow from `sectors`. */
  readonly publisherSector: number;
  readonly lock: KeyReference;
}

/** What one sector was found to hold. Key bytes are never in here: blocks are data blocks, hex. */
export interface MifareSectorReport {
  readonly sector: number;
  readonly purpose: 'directory' | 'company' | 'tag' | 'locked';
  readonly aid: string;
  /** The three access bytes, hex. */
  readonly access: string;
  /** The general purpose byte, hex. */
  readonly generalPurposeByte: string;
  /** Data blocks read, hex; empty for locked sectors, whose data is not read. */
  readonly blocks: readonly string[];
}

/** What a chip was found to carry, read back and equal to its job. */
export interface MifareReport {
  readonly uid: string;
  /** SHA-256 (hex) over the image: `imageDigest` of image.ts. The same for every right card of a job, before and after `eraseTag`. */
  readonly digest: string;
  /** Block 0, hex. */
  readonly block0: string;
  /** The tag as found; null when it was erased. */
  readonly tag: CardTag | null;
  readonly publisherSector: number;
  readonly sectors: readonly MifareSectorReport[];
}

/** What an encoding run did. */
export interface MifareEncoding {
  readonly uid: string;
  /** Digest of the image written and proven; the read-back gives the same. */
  readonly digest: string;
  /** Sectors that an earlier run had already finished. */
  readonly alreadyDone: readonly number[];
}
