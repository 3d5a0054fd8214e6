import { withCardLayers } from '../drivers/channel/card-layers.ts';
import { secureChannelOpener } from '../drivers/channel/open-secure-channel.ts';
import { classicChip, parseStorageCardAtr } from '../drivers/codec/storage-card-atr.ts';
import type { ApduChannel } from '../drivers/contracts/channel.ts';
import type { KnownAuthority } from '../drivers/contracts/certificate-authority.ts';
import type { Clock, Wait } from '../drivers/contracts/clock.ts';
import type { ContentSigner } from '../drivers/contracts/content-signer.ts';
import { StationFault } from '../drivers/contracts/fault.ts';
import type { KeyCustody } from '../drivers/contracts/keys.ts';
import { eraseTag, readMifareTag } from '../drivers/mifare-classic/card-marks.ts';
import { readChipUid } from '../drivers/mifare-classic/chip-uid.ts';
import { encodeMifare } from '../drivers/mifare-classic/encoder.ts';
import { readBackMifare } from '../drivers/mifare-classic/read-back.ts';
import { encodePiv } from '../drivers/piv/encoder.ts';
import { identifyPiv } from '../drivers/piv/identify.ts';
import { readBackPiv } from '../drivers/piv/read-back.ts';
import type { CardKind, ChipInReader, ChipWork } from './produce/station-parts.ts';

/** How long a card may wait in the machine for its certificates. */
const CERTIFICATE_TIMEOUT_MS = 60_000;

/** The station's work with chips, made of the encoders. Without a content signer no object on a card is signed. */
export function chipWork(keys: KeyCustody, ca: KnownAuthority, clock: Clock, signer: ContentSigner | null = null): ChipWork {
  const storage = (chip: ChipInReader): { readonly channel: ApduChannel; readonly reader: string } => ({ channel: chip.connection.channel, reader: chip.reader });
  const openChannel = secureChannelOpener(keys);
  const certificateLimit = (limit: Wait): Wait => ({ signal: limit.signal, timeoutMs: CERTIFICATE_TIMEOUT_MS });
  return {
    identify: (chip, kind, limit) => identify(chip, kind, keys, limit),
    encodeMifare: (job, chip, intents, limit) => encodeMifare(job, storage(chip), keys, intents, limit),
    encodePiv: (job, chip, intents, limit) => encodePiv(job, withCardLayers(chip.connection.channel), { keys, ca, intents, clock, signer, openChannel, certificateTimeoutMs: CERTIFICATE_TIMEOUT_MS }, limit),
    async finishMifare(job, chip, intents, limit) {
      if (!job.keepTag) await eraseTag(job, storage(chip), keys, intents, limit);
      return readBackMifare(job, storage(chip), keys, limit);
    },
    async finishPiv(job, chip, limit) {
      return readBackPiv(job, withCardLayers(chip.connection.channel), { keys, chain: await ca.knownChain(certificateLimit(limit)), clock, signer }, limit);
    },
  };
}

/** Picks the interface by ATR, not by reader (cards.md 1.4): a blank of another kind, or of another memory, must not be encoded. */
async function identify(chip: ChipInReader, kind: CardKind, keys: KeyCustody, limit: Wait): ReturnType<ChipWork['identify']> {
  const { channel, atr } = chip.connection;
  const storageCard = parseStorageCardAtr(atr);
  const found = storageCard === null ? null : classicChip(storageCard);
  if (found !== kind.mifareChip) throw new StationFault('ENC-WRONG-BLANK', { note: `the order wants ${kind.mifareChip ?? 'no MIFARE Classic'}, the chip is ${found ?? 'none'}: ATR ${Buffer.from(atr).toString('hex').toUpperCase()}` });
  if (kind.mifareTag !== null) {
    const { uid, tag } = await readMifareTag({ channel, reader: chip.reader }, keys, kind.mifareTag, limit);
    if (uid === null) throw new StationFault('ENC-MUTE');
    return { uid, tag };
  }
  const uid = await readChipUid(channel, limit);
  if (uid === null) throw new StationFault('ENC-MUTE', { note: 'the reader tells no UID' });
  const { isPiv, tag } = await identifyPiv(withCardLayers(channel), limit);
  if (!isPiv) throw new StationFault('ENC-WRONG-BLANK', { note: 'the chip has no PIV application' });
  return { uid: Buffer.from(uid).toString('hex').toUpperCase(), tag };
}
