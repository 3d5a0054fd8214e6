import { describe, expect, it } from 'vitest';
import { encodeAnswer, MAX_ANSWER_BYTES, VpcdFrames } from '../../../../simulator/reader/vpcd-frames.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** As vsmartcard's vpcd writes it: power on, ATR, SELECT, reset, power off. */
const recorded = bytes('0001 01 0001 04 000B 00A4040006A00000030800 0001 02 0001 00');

describe('frames of vpcd', () => {
  it.each([1, 2, 3, 5, 100])('are found in a stream that comes in pieces of %i bytes', (pieceBytes) => {
    const frames = new VpcdFrames();
    const requests = [];
    for (let at = 0; at < recorded.length; at += pieceBytes) requests.push(...frames.push(recorded.subarray(at, at + pieceBytes)));
    expect(requests).toEqual([{ kind: 'on' }, { kind: 'atr' }, { kind: 'apdu', command: bytes('00A4040006A00000030800') }, { kind: 'reset' }, { kind: 'off' }]);
  });

  it('awaits a command when its length has come and nothing of it', () => {
    const frames = new VpcdFrames();
    const steps = ['00', '05', 'FF', 'CA000000', '0001', '04'].map((piece) => {
      frames.push(bytes(piece));
      return frames.awaitsCommand;
    });
    expect(steps).toEqual([false, true, false, false, false, false]);
  });

  it('passes over empty frames and controls that do not exist', () => {
    expect(new VpcdFrames().push(bytes('0000 0001 07 0001 04'))).toEqual([{ kind: 'atr' }]);
  });

  it('writes an answer with its length, less the byte that was sent early', () => {
    expect(encodeAnswer(bytes('9000'), false).toString('hex')).toBe('00029000');
    expect(encodeAnswer(bytes('9000'), true).toString('hex')).toBe('029000');
    expect(encodeAnswer(new Uint8Array(MAX_ANSWER_BYTES), false)[0]).toBe(0);
    expect(encodeAnswer(new Uint8Array(MAX_ANSWER_BYTES + 1), false)[0]).toBe(1);
  });
});
