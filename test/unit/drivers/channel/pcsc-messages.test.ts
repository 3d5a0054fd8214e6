import { describe, expect, it } from 'vitest';
import { decodeReport, decodeRequest, encodeReport, encodeRequest, FrameCutter, type ReaderReport, type ReaderRequest } from '../../../../drivers/channel/pcsc-messages.ts';
import { hex } from './scripted-channel.ts';

/** Frames of a stream that comes in pieces of these sizes. */
function cut(stream: Buffer, pieceBytes: number): { kind: number; body: Uint8Array }[] {
  const cutter = new FrameCutter();
  const frames: { kind: number; body: Uint8Array }[] = [];
  for (let at = 0; at < stream.length; at += pieceBytes) {
    cutter.push(Buffer.from(stream.subarray(at, at + pieceBytes)), (kind, body) => frames.push({ kind, body: Uint8Array.from(body) }));
  }
  return frames;
}

const requests: readonly ReaderRequest[] = [
  { kind: 'connect' },
  { kind: 'transmit', command: hex('00A4040005A000000308') },
  { kind: 'transmit', command: new Uint8Array(0) },
  { kind: 'disconnect' },
];

const reports: readonly ReaderReport[] = [
  { kind: 'readers', readers: [{ name: 'HID Global OMNIKEY 5022 Smart Card Reader 00 00', card: 'present', atr: '3b8f' }, { name: 'Läsare', card: 'empty', atr: '' }] },
  { kind: 'readers', readers: [] },
  { kind: 'service-gone', note: 'no service' },
  { kind: 'broken', note: '' },
  { kind: 'done', body: hex('9000') },
  { kind: 'failed', code: 0x80100069, note: 'removed' },
];

describe('messages of a reader process', () => {
  it('writes the frame as described: length, kind, body', () => {
    expect(encodeRequest({ kind: 'transmit', command: hex('FFCA000000') }).toString('hex')).toBe('0000000601ffca000000');
    expect(encodeReport({ kind: 'failed', code: 0x80100069, note: 'x' }).toString('hex')).toBe('00000006048010006978');
  });

  it.each([1, 3, 7, 10_000])('come whole through a stream in pieces of %i bytes', (pieceBytes) => {
    expect(cut(Buffer.concat(requests.map(encodeRequest)), pieceBytes).map(({ kind, body }) => decodeRequest(kind, body))).toEqual(requests);
    expect(cut(Buffer.concat(reports.map(encodeReport)), pieceBytes).map(({ kind, body }) => decodeReport(kind, body))).toEqual(reports);
  });

  it('wipes what it gave out and what it held back', () => {
    const whole = encodeRequest({ kind: 'transmit', command: hex('0020008008313233343536FFFF') });
    const first = Buffer.from(whole.subarray(0, 9));
    const rest = Buffer.from(whole.subarray(9));
    const cutter = new FrameCutter();
    let seen: Uint8Array = new Uint8Array(0);
    for (const piece of [first, rest]) cutter.push(piece, (_, body) => { seen = body; });
    expect(seen).toHaveLength(13);
    for (const bytes of [first, rest, seen]) expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  it('refuses lengths that no frame has', () => {
    for (const length of ['00000000', 'FFFFFFFF', '00200000']) {
      expect(() => new FrameCutter().push(Buffer.from(hex(`${length}00`)), () => undefined)).toThrow(RangeError);
    }
  });

  it('does not know other kinds', () => {
    expect(decodeRequest(9, hex('00'))).toBeNull();
    expect(decodeReport(9, hex('00'))).toBeNull();
    expect(decodeReport(4, hex('8010'))).toBeNull();
  });
});
