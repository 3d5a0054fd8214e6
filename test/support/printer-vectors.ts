import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import sharp from 'sharp';

const folder = join(process.cwd(), 'test/vectors/printer-jobs');

export const capturedJobs = ['evolis-windows-card-black', 'evolis-windows-card-text'] as const;
export type CapturedJob = (typeof capturedJobs)[number];

/** The bytes that the vendor's driver sent. */
export function jobBytes(job: CapturedJob): Uint8Array {
  return readFileSync(join(folder, `${job}.prn`));
}

/** The picture beside a job as RGB, three bytes a dot, 1016 x 648. */
export async function jobPicture(job: CapturedJob): Promise<Uint8Array> {
  return sharp(join(folder, `${job}.png`)).removeAlpha().raw().toBuffer();
}

/** What the vendor's filter sent to a Magicard: a status question, then a job of one side. */
export function magicardJobBytes(): Uint8Array {
  return gunzipSync(readFileSync(join(folder, 'magicard-enduro-front.prn.gz')));
}

/** What it prints, as RGB of the whole field, 1016 x 672. */
export async function magicardJobPicture(): Promise<Uint8Array> {
  return sharp(join(folder, 'magicard-enduro-front.png')).removeAlpha().raw().toBuffer();
}
