import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Wait } from '../../../drivers/contracts/clock.ts';
import type { CardFace } from '../../../templates/render/card-face.ts';
import { openRenderer, type CardRenderer } from '../../../templates/render/card-renderer.ts';

/** A limit that no working test reaches. */
export const patient = (): Wait => ({ signal: new AbortController().signal, timeoutMs: 30_000 });

/** A photo of one flat colour, as a file. */
export function flatPhoto(background: string, width = 600, height = 800): Promise<Uint8Array> {
  return sharp({ create: { width, height, channels: 3, background } }).png().toBuffer();
}

/** A made-up card of the ID06 design. */
export async function sampleFace(changes: Partial<CardFace> = {}, texts: Readonly<Record<string, string>> = {}): Promise<CardFace> {
  return {
    templateId: 'id06',
    texts: {
      firstName: 'Åsa', lastName: 'Öhrström', companyName: 'Nordisk Byggstomme Aktiebolag', organisationNumber: '559999-0115',
      cardNumber: 'BB-2611-000123', validTo: '2031-11-21', returnAddress: 'Kortverk\nBox 1234\n111 11 Stockholm', ...texts,
    },
    photo: await flatPhoto('#b08060'),
    logo: null,
    codes: { cardNumber: 'BB-2611-000123' },
    ...changes,
  };
}

/** A renderer with a cache folder of its own, which goes with it. */
export interface RendererUnderTest extends AsyncDisposable {
  readonly renderer: CardRenderer;
  readonly cacheDir: string;
}

export async function openTestRenderer(): Promise<RendererUnderTest> {
  const cacheDir = await mkdtemp(join(tmpdir(), 'renderer-'));
  const renderer = await openRenderer({ cacheDir });
  return { renderer, cacheDir, [Symbol.asyncDispose]: () => rm(cacheDir, { recursive: true, force: true }) };
}
