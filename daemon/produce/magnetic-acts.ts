import { createHash } from 'node:crypto';
import type { Wait } from '../../drivers/contracts/clock.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';
import type { MagneticEncoder, MagneticTracks, Printer } from '../../drivers/contracts/printer.ts';

/** Writes the planned tracks on the card inside; the driver reads them back. Throws `PRN-CAPABILITY`, `PRN-MAGNETIC`, what the printer throws. */
export async function writeTracks(printer: Printer, tracks: MagneticTracks | null, limit: Wait): Promise<MagneticTracks> {
  if (tracks === null) throw new StationFault('STA-BUG', { note: 'the plan has no magnetic tracks' });
  await headOf(printer).write(tracks, limit);
  return tracks;
}

/** Reads the tracks of the finished card and proves them against the plan. Throws `QC-CROSSCHECK` when they are others. */
export async function readTracks(printer: Printer, planned: MagneticTracks, limit: Wait): Promise<MagneticTracks> {
  const read = await headOf(printer).read(limit);
  for (const track of [1, 2, 3] as const) {
    if (planned[track] !== read[track]) throw new StationFault('QC-CROSSCHECK', { note: `magnetic track ${String(track)} is not the planned one` });
  }
  return read;
}

/** SHA-256 (hex) over the tracks in their order. */
export function tracksDigest(tracks: MagneticTracks): string {
  return createHash('sha256').update([1, 2, 3].map((track) => tracks[track as 1 | 2 | 3] ?? '').join('\n')).digest('hex');
}

function headOf({ magnetic }: Printer): MagneticEncoder {
  if (magnetic === undefined) throw new StationFault('PRN-CAPABILITY', { note: 'this protocol drives no magnetic head' });
  return magnetic;
}
