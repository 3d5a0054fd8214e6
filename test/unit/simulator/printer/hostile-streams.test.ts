import { connect } from 'node:net';
import fc from 'fast-check';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';
import { readAcknowledged } from '../../../../drivers/codec/evolis-acknowledge.ts';
import { readAnswer } from '../../../../drivers/codec/evolis-answer.ts';
import { EvolisCommandParser } from '../../../../drivers/codec/evolis-command-parser.ts';
import { readEspfAnswer, readRequest } from '../../../../drivers/codec/espf-message.ts';
import { MagicardStreamParser } from '../../../../drivers/codec/magicard-stream-parser.ts';
import { readStatus } from '../../../../drivers/codec/magicard-status.ts';
import { jobBytes, magicardJobBytes } from '../../../support/printer-vectors.ts';
import { openEspfSubject } from '../../../support/simulated-espf.ts';
import { openMagicardSubject } from '../../../support/simulated-magicard.ts';
import { patient, type PrinterSubject } from '../../../support/simulated-printer.ts';

const megabyte = 1024 * 1024;

/** A captured job, damaged anew in a hundred places each time it is asked for. */
function damagedJobs(job: Uint8Array, seed: number): () => Uint8Array {
  const random = xoroshiro128plus(seed);
  return () => {
    const damaged = Uint8Array.from(job);
    for (let hits = 0; hits < 100; hits += 1) damaged[uniformInt(random, 0, job.length - 1)] = uniformInt(random, 0, 255);
    const cut = uniformInt(random, 0, job.length - 1);
    return damaged.subarray(0, cut);
  };
}

describe('a reader of the printer side', () => {
  test.each([
    ['of the escape language', () => new EvolisCommandParser(), jobBytes('evolis-windows-card-text'), 1000],
    ['of Magicard jobs', () => new MagicardStreamParser(), magicardJobBytes(), 50],
  ] as const)('%s takes damaged jobs one after the other, and its memory does not grow', (_name, makeParser, job, rounds) => {
    const next = damagedJobs(job, 4711);
    const parser = makeParser();
    let frames = 0;
    let taken = 0;
    const before = process.memoryUsage();
    for (let round = 0; round < rounds; round += 1) {
      const bytes = next();
      taken += bytes.length;
      frames += parser.push(bytes).length;
    }
    const after = process.memoryUsage();
    expect(taken).toBeGreaterThan(20 * megabyte);
    expect(frames).toBeGreaterThan(rounds / 2);
    expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(64 * megabyte);
  }, 60_000);
});

describe('a reader of the host side', () => {
  test.each<[string, (bytes: Uint8Array) => unknown]>([
    ['answers', readAnswer],
    ['answers in ACK/NACK mode', readAcknowledged],
    ['status answers', readStatus],
    ['calls of the service', (bytes) => readRequest(Buffer.from(bytes).toString())],
    ['answers of the service', (bytes) => readEspfAnswer(Buffer.from(bytes).toString())],
  ])('of %s gives an answer or says why not, whatever came', (_name, read) => {
    const words = ['OK\r', '\x06', '\x15', '\x01STA$$', '{"id":"1","jsonrpc":"2.0",', '"result":"OK"}', '"error":{"code":1,"message":"x"}}', '\x03', ',', '\x00'].map((word) => Buffer.from(word, 'latin1'));
    fc.assert(fc.property(fc.array(fc.oneof(fc.constantFrom(...words), fc.uint8Array({ maxLength: 40 })), { maxLength: 20 }), (parts) => {
      expect(read(Buffer.concat(parts))).not.toBeUndefined();
    }), { numRuns: 3000 });
  });
});

/** Sends bytes and hangs up when the printer has taken them. */
async function throwAt(port: number, bytes: Uint8Array): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => socket.destroy());
  socket.resume();
  socket.end(bytes);
  await new Promise<void>((resolve) => { socket.once('close', () => { resolve(); }); });
}

describe('whatever hosts send', () => {
  test.each<[string, () => Promise<PrinterSubject & { readonly front: { readonly port: number } }>, readonly string[]]>([
    ['a Magicard', openMagicardSubject, ['\x01', '\x05', '\x1c', '\x03', '\x01,REQ,INF,\x1c\x03', '\x01EJT,\x1c\x03', '\x01OKY,\x1c\x03', '\x01CAN,\x1c\x03', '\x01,NOC1,DPXOFF,PAG1\x1c\x03', 'SZK97536']],
    ['the service', openEspfSubject, ['{', '}', '"', '{"jsonrpc":"2.0","id":"1","method":"', 'CMD.SendCommand', '","params":{"device":"Evolis Primacy 2 Duplex","command":"Sic"}}', 'PRINT.Print', '{"jsonrpc":"2.0","id":"1","method":"CMD.SendCommand","params":{"device":"Evolis Primacy 2 Duplex","command":"Se"}}']],
  ])('%s lives, loses no card, and answers the next one', async (_name, open, texts) => {
    await using subject = await open();
    const words = texts.map((text) => Buffer.from(text, 'latin1'));
    const stream = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...words) }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) }), { maxLength: 20 });
    await fc.assert(fc.asyncProperty(stream, async (parts) => {
      await throwAt(subject.front.port, Buffer.concat(parts));
      const { path } = subject.holder;
      expect(path.feeder.length + path.output.length + path.reject.length + (path.inside === null ? 0 : 1)).toBe(3);
    }), { numRuns: 150 });
    expect((await subject.printer.describe(patient())).serial).not.toBe('');
  }, 60_000);
});
