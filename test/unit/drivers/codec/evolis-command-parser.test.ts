import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePanel } from '../../../../drivers/codec/evolis-panel.ts';
import { EvolisCommandParser, type ParsedFrame } from '../../../../drivers/codec/evolis-command-parser.ts';
import { commandText, writeCommand } from '../../../../drivers/codec/evolis-frame.ts';
import { capturedJobs, jobBytes } from '../../../support/printer-vectors.ts';

const parse = (...chunks: (string | Uint8Array)[]): ParsedFrame[] => {
  const parser = new EvolisCommandParser();
  return chunks.flatMap((chunk) => parser.push(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk));
};

/** Frames in words: `Name;params`, `Name;params[bytes]`, `!error`; begun downloads left out. */
const words = (frames: readonly ParsedFrame[]): string[] => frames.flatMap((frame) => {
  if (frame.kind === 'download') return [];
  if (frame.kind === 'error') return [`!${frame.error}`];
  const { command } = frame;
  return [`${commandText(command)}${command.payload === undefined ? '' : `[${String(command.payload.length)}]`}`];
});

const payloadOf = (frames: readonly ParsedFrame[]): Uint8Array => Buffer.concat(frames.map((frame) => (frame.kind === 'command' ? frame.command.payload ?? new Uint8Array() : new Uint8Array())));

describe('captured jobs', () => {
  test('read command by command, their padding skipped', () => {
    expect(words(parse(jobBytes('evolis-windows-card-text')))).toEqual([
      'Pr;k', 'Pmi;F;s', 'Pc;k;=;10', 'Pdt;DU', 'Mr;s', 'Ppws;1281754918', 'Ss', 'Sr', 'Dbc;k;2;83223[83223]', 'Se;1',
    ]);
    expect(words(parse(jobBytes('evolis-windows-card-black')))).toContain('Dbc;k;2;83312[83312]');
  });

  test('read the same however they are cut', () => {
    const bytes = jobBytes('evolis-windows-card-text');
    const whole = parse(bytes);
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 20 }), (lengths) => {
      const chunks: Uint8Array[] = [];
      let at = 0;
      for (const length of lengths) {
        chunks.push(bytes.subarray(at, at + length));
        at = Math.min(bytes.length, at + length);
      }
      const cut = parse(...chunks, bytes.subarray(at));
      expect(words(cut)).toEqual(words(whole));
      expect(Buffer.compare(payloadOf(cut), payloadOf(whole))).toBe(0);
    }), { numRuns: 30 });
  });
});

describe('framing', () => {
  test.each([
    ['\x1bRtp\r', ['Rtp']],
    ['\x1bScs;\r', ['Scs']],
    ['\x1bPr;k\rPmi;F;s\r', ['Pr;k', 'Pmi;F;s']],
    ['\x00\x00\x1bSs\r\x00\x00\x1bSr\r', ['Ss', 'Sr']],
    ['Rtp\r\x1bRsn\r', ['!no-start', 'Rsn']],
    ['\x1bRt\x1bRsn\r', ['!interrupted', 'Rsn']],
    ['\x1bRt\x01p\r\x1bRsn\r', ['!not-text', 'Rsn']],
    ['\x1bDb;z;2;abc\r\x1bRsn\r', ['!bad-download', 'Rsn']],
    ['\x1bDb;k;32;abc\r\x1bRsn\r', ['!bad-download', 'Rsn']],
    ['\x1bDbc;y;128;99999999;abc\r\x1bRsn\r', ['!bad-download', 'Rsn']],
    [`\x1bDbc;k;2;1016;${'\r'.repeat(1017)}\x1bRsn\r`, ['Dbc;k;2;1016[1016]', 'Rsn']],
    [`\x1bDbc;k;2;1016;${'\r'.repeat(1016)}X\r\x1bRsn\r`, ['!no-end', 'Rsn']],
    ['\x1bDbp;k;2;\x80\x1bSe\rSe\r\x01\r\x00\x00\x1bRsn\r', ['!unknown-download', 'Rsn']],
    ['\x1bDbpc;y;128;99;\rRtp\r\x1bRsn\r', ['!unknown-download', 'Rsn']],
    ['\x1bDbmp;k;\r\x1bRsn\r', ['!unknown-download', 'Rsn']],
    ['\x1bPsc;33;44;10\r!Pr,ymcko\n!Psc\n\x1bRtp\r', ['Psc;33;44;10', 'Pr;ymcko', 'Psc', 'Rtp']],
    ['\x1bPsc;33;33;10\r\x1bRtp\r', ['Psc;33;33;10', 'Rtp']],
  ])('%j is read as %j', (bytes, expected) => {
    expect(words(parse(bytes))).toEqual(expected);
  });

  test('a head without end is given up', () => {
    expect(words(parse(`\x1b${'A'.repeat(5000)}\r\x1bRtp\r`))).toEqual(['!head-too-long', 'Rtp']);
  });

  test('what the host writes is what the printer reads', () => {
    const payload = Buffer.concat([Uint8Array.of(13, 27, 0, 59), new Uint8Array(1012)]);
    const bytes = writeCommand({ name: 'Dbc', params: ['o', '2', '1016'], payload });
    expect(Buffer.from(bytes).toString('latin1')).toBe(`\x1bDbc;o;2;1016;\r\x1b\x00;${'\x00'.repeat(1012)}\r`);
    expect([...payloadOf(parse(bytes))]).toEqual([...payload]);
    expect(words(parse(bytes))).toEqual(['Dbc;o;2;1016[1016]']);
  });
});

describe('whatever comes', () => {
  const pieces = fc.oneof(
    fc.constantFrom('\x1b', '\r', ';', '\x00', 'Db;k;2;', 'Dbc;y;128;5;', 'Psc;', 'Psc;1;2;3\r', 'Ss', 'Dbc;k;2;99999999999;').map((text) => Buffer.from(text, 'latin1')),
    fc.uint8Array({ maxLength: 40 }),
  );

  test('is either commands or errors, and the reader recovers', () => {
    fc.assert(fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      const parser = new EvolisCommandParser();
      const bytes = Buffer.concat(parts);
      const frames = parser.push(bytes);
      expect(frames.length).toBeLessThanOrEqual(bytes.length + 1);
    }), { numRuns: 2000 });
  });

  test('a captured job with bytes changed, lost or added never throws', () => {
    const job = jobBytes(capturedJobs[0]);
    const change = fc.record({ at: fc.nat(job.length - 1), remove: fc.nat(50), insert: fc.uint8Array({ maxLength: 20 }) });
    fc.assert(fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
      const mutated = changes.reduce<Uint8Array>((bytes, { at, remove, insert }) => Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]), job);
      const frames = parse(mutated);
      expect(frames.length).toBeLessThan(5000);
    }), { numRuns: 300 });
  });
});

describe('a download with a start line', () => {
  const inWords = (text: string): readonly string[] => new EvolisCommandParser().push(Buffer.from(text, 'latin1')).map((frame) => (frame.kind === 'command' ? `${frame.command.name};${frame.command.params.join(';')} ${String(frame.command.payload?.length)}` : frame.kind === 'error' ? frame.error : frame.kind));

  test('is told from one without by its third parameter', () => {
    expect(inWords(`\x1bDbc;k;2;1000;16;${'\x00'.repeat(16)}\r`)).toEqual(['download', 'Dbc;k;2;1000;16 16']);
    expect(inWords(`\x1bDbc;k;2;1016;${'\x00'.repeat(1016)}\r`)).toEqual(['download', 'Dbc;k;2;1016 1016']);
    expect(inWords('\x1bDbc;k;2;3;\x00\x00\x00\r\x1bRtp\r')).toEqual(['bad-download', 'Rtp; undefined']);
  });

  test('leaves the lines before it blank', () => {
    const payload = Buffer.concat([Buffer.alloc(15, 0x00), Buffer.from([0xff])]);
    const decoded = decodePanel({ name: 'Dbc', params: ['k', '2', '1000', '16'], payload });
    const marked = [...(decoded?.dots ?? [])].flatMap((dot, at) => (dot === 1 ? [at % 1016] : []));
    expect(marked).toEqual(Array.from({ length: 648 }, () => 1015));
  });
});
