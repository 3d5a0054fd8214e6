import { describe, expect, test } from 'vitest';
import { fieldValue, sideFields, splitFields, statusRequest, writeJob } from '../../../../drivers/codec/magicard-job.ts';
import { cutFromField, fromPlaneLevels, packPlane, placeOnField, planeOrder, toPlaneLevels, unpackPlane, type MagicardPlane } from '../../../../drivers/codec/magicard-raster.ts';
import { MagicardStreamParser, type MagicardFrame } from '../../../../drivers/codec/magicard-stream-parser.ts';
import { magicardJobBytes, magicardJobPicture } from '../../../support/printer-vectors.ts';

const frames = (): readonly MagicardFrame[] => new MagicardStreamParser().push(magicardJobBytes());

function capturedSide(): Extract<MagicardFrame, { kind: 'side' }>['side'] {
  const side = frames().find((frame) => frame.kind === 'side');
  if (side === undefined) throw new Error('the captured job has no side');
  return side.side;
}

describe('the captured job of the vendor filter', () => {
  test('is a status question and one side of four planes', () => {
    expect(frames().map((frame) => (frame.kind === 'command' ? frame.words.join(' ') : frame.kind))).toEqual(['REQ INF', 'plane', 'plane', 'plane', 'plane', 'side']);
    const { fields } = capturedSide();
    expect(fields.slice(0, 2)).toEqual(['NOC1', 'VER1.0-2.14']);
    expect(fieldValue(fields, 'PCT')).toBe('0,0,1015,641');
  });

  test('decodes to its picture, dot for dot', async () => {
    const { planes } = capturedSide();
    const dots = (plane: MagicardPlane): Uint8Array => {
      const levels = unpackPlane(plane, planes[plane] ?? new Uint8Array());
      if (levels === null) throw new Error(`plane ${plane} is not there`);
      return plane === 'K' ? levels : fromPlaneLevels(levels);
    };
    const [y, m, c, k] = [dots('B'), dots('G'), dots('R'), dots('K')];
    const rgb = new Uint8Array(y.length * 3);
    for (let dot = 0; dot < y.length; dot += 1) {
      const covered = k[dot] === 1;
      [c, m, y].forEach((dye, channel) => { rgb[dot * 3 + channel] = covered ? 0 : 255 - (dye[dot] ?? 0); });
    }
    expect(Buffer.compare(rgb, await magicardJobPicture())).toBe(0);
  });

  test('is written again byte for byte from its picture and its settings', () => {
    const { fields, planes } = capturedSide();
    const again = Object.fromEntries(planeOrder.map((plane) => [plane, packPlane(plane, unpackPlane(plane, planes[plane] ?? new Uint8Array()) ?? new Uint8Array())]));
    const settings = { page: 1, duplex: false, backInColour: false, overcoat: true, unixSeconds: Number.parseInt(fieldValue(fields, 'TDT') ?? '', 16), firmware: '1.0-2.14' } as const;
    const job = Buffer.concat([statusRequest, writeJob([{ fields: sideFields(settings, again), planes: again }])]);
    expect(Buffer.compare(job, magicardJobBytes())).toBe(0);
  });
});

describe('header fields', () => {
  test('are split at commas, except where a field holds several values', () => {
    expect(splitFields('NOC1,PCT0,0,1015,641,ICC3')).toEqual(['NOC1', 'PCT0,0,1015,641', 'ICC3']);
    expect(splitFields('')).toEqual(['']);
  });

  test('tell duplex, back and overcoat', () => {
    const back = sideFields({ page: 2, duplex: true, backInColour: false, overcoat: false, unixSeconds: 0xabc, firmware: 'x' }, { K: new Uint8Array() });
    expect(back).toEqual(expect.arrayContaining(['DPXON', 'BACK', 'PAG2', 'IMFK', 'OVROFF', 'TDT00000ABC', 'BSO', 'SZK97536']));
  });
});

describe('dots', () => {
  test('stand in the middle of the field', () => {
    const card = Uint8Array.from({ length: 1016 * 648 }, (_, dot) => dot % 64);
    const field = placeOnField(card);
    expect(field.subarray(0, 12 * 1016).every((dot) => dot === 0)).toBe(true);
    expect(Buffer.compare(cutFromField(field), card)).toBe(0);
  });

  test('keep every level of 6 bit', () => {
    const levels = Uint8Array.from({ length: 64 }, (_, level) => level);
    expect(toPlaneLevels(fromPlaneLevels(levels))).toEqual(levels);
  });

  test('of a plane of another length are refused', () => {
    expect(unpackPlane('K', new Uint8Array(97_535))).toBeNull();
    expect(unpackPlane('B', new Uint8Array(97_536))).toBeNull();
  });
});
