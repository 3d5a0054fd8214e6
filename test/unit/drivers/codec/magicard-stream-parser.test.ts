import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MagicardStreamParser, type MagicardFrame } from '../../../../drivers/codec/magicard-stream-parser.ts';
import { writeMagicardCommand } from '../../../../drivers/codec/magicard-job.ts';
import { magicardJobBytes } from '../../../support/printer-vectors.ts';

const push = (text: string): readonly MagicardFrame[] => new MagicardStreamParser().push(Buffer.from(text, 'latin1'));
const inWords = (frames: readonly MagicardFrame[]): readonly string[] => frames.map((frame) => (frame.kind === 'command' ? frame.words.join(' ') : frame.kind === 'error' ? frame.error : frame.kind));

describe('what a host sends', () => {
  test('is the same however it is cut', () => {
    const job = magicardJobBytes();
    const parser = new MagicardStreamParser();
    const frames: MagicardFrame[] = [];
    for (let at = 0; at < job.length; at += 7919) frames.push(...parser.push(job.subarray(at, at + 7919)));
    const digests = (of: readonly MagicardFrame[]): unknown => of.map((frame) => (frame.kind === 'side' ? Object.entries(frame.side.planes).map(([plane, data]) => `${plane} ${createHash('sha256').update(data).digest('hex')}`) : frame));
    expect(digests(frames)).toEqual(digests(new MagicardStreamParser().push(job)));
  });

  test('may be a single query or an acting command', () => {
    expect(inWords(push('\x05\x05\x01REQ,STA,MSR,\x1c\x03'))).toEqual(['REQ STA MSR']);
    expect(inWords(new MagicardStreamParser().push(writeMagicardCommand('EJT,')))).toEqual(['EJT']);
  });

  test.each<[string, string, string]>([
    ['other words', 'hello', 'no-start'],
    ['a control character in a header', '\x01,REQ\x07', 'not-text'],
    ['an endless header', `\x01${'A'.repeat(3000)}`, 'header-too-long'],
    ['a command without end', '\x01,REQ,INF,\x1cX', 'no-end'],
    ['a plane of another size', '\x01,NOC1,SZB7\x1c', 'bad-plane-size'],
    ['an unknown plane', '\x01,NOC1,SZX97536\x1c', 'bad-plane-size'],
    ['a plane named twice', '\x01,NOC1,SZK97536,SZK97536\x1c', 'bad-plane-size'],
    ['the mark of another plane', `\x01,NOC1,SZK97536\x1c${'\x00'.repeat(97_536)}\x1cB:`, 'bad-plane-mark'],
    ['a side without end', `\x01,NOC1,SZK97536\x1c${'\x00'.repeat(97_536)}\x1cK:\x05`, 'no-end'],
  ])('is named wrong for %s', (_name, text, error) => {
    expect(inWords(push(text)).find((word) => word !== 'plane')).toBe(error);
  });

  test('is understood again after nonsense', () => {
    expect(inWords(push('nonsense\x05\x01,REQ,INF,\x1c\x03'))).toEqual(['no-start', 'REQ INF']);
  });

  test('never breaks the reader, whatever it is and however the captured job is damaged', () => {
    const words = ['\x01', '\x05', '\x1c', '\x03', ',', 'NOC1', 'SZK97536', 'REQ,INF,', '\x01,NOC1,SZK97536\x1c'].map((word) => Buffer.from(word, 'latin1'));
    const stream = fc.array(fc.oneof(fc.constantFrom(...words), fc.uint8Array({ maxLength: 80 })), { maxLength: 40 });
    const job = magicardJobBytes().subarray(0, 4000);
    const damage = fc.tuple(fc.nat(job.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(300));
    fc.assert(fc.property(fc.oneof(stream.map((parts) => Buffer.concat(parts)), damage.map(([at, byte, cut]) => Buffer.concat([job.subarray(0, at), Buffer.from([byte]), job.subarray(at + cut)]))), (bytes) => {
      const frames = new MagicardStreamParser().push(bytes);
      expect(frames.length).toBeLessThanOrEqual(bytes.length);
    }), { numRuns: 2000 });
  });
});
