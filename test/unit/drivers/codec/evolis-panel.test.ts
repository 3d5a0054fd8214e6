import { describe, expect, test } from 'vitest';
import { EvolisCommandParser } from '../../../../drivers/codec/evolis-command-parser.ts';
import type { EvolisCommand } from '../../../../drivers/codec/evolis-frame.ts';
import { decodePanel, encodePanel } from '../../../../drivers/codec/evolis-panel.ts';
import { dyePanel } from '../../../support/simulated-printer.ts';
import { capturedJobs, jobBytes, jobPicture, type CapturedJob } from '../../../support/printer-vectors.ts';

function downloadOf(job: CapturedJob): EvolisCommand {
  const frames = new EvolisCommandParser().push(jobBytes(job));
  const download = frames.find((frame) => frame.kind === 'command' && frame.command.payload !== undefined);
  if (download?.kind !== 'command') throw new Error('the job has no download');
  return download.command;
}

describe.each(capturedJobs)('the captured job %s', (job) => {
  test('decodes to the picture beside it, dot for dot', async () => {
    const decoded = decodePanel(downloadOf(job));
    const picture = await jobPicture(job);
    const black = Uint8Array.from({ length: 1016 * 648 }, (_, dot) => (picture[dot * 3] === 0 ? 1 : 0));
    expect(decoded?.panel).toBe('k');
    expect(Buffer.compare(decoded?.dots ?? new Uint8Array(), black)).toBe(0);
    expect(black.some((dot) => dot === 1)).toBe(true);
  });

  test('is reproduced byte for byte from that picture', async () => {
    const captured = downloadOf(job);
    const picture = await jobPicture(job);
    const black = Uint8Array.from({ length: 1016 * 648 }, (_, dot) => (picture[dot * 3] === 0 ? 1 : 0));
    const encoded = encodePanel('k', black, 128);
    expect([encoded.name, ...encoded.params]).toEqual([captured.name, ...captured.params]);
    expect(Buffer.compare(encoded.payload ?? new Uint8Array(), captured.payload ?? new Uint8Array())).toBe(0);
  });
});

describe('panels of dye', () => {
  test.each([32, 64, 128] as const)('go compressed at %i levels when that is shorter', (levels) => {
    const flat = new Uint8Array(1016 * 648).fill(255);
    const encoded = encodePanel('y', flat, levels);
    expect(encoded.name).toBe('Dbc');
    expect(encoded.payload?.length).toBeLessThan(10_000);
    expect(decodePanel(encoded)?.dots.every((dot) => dot === 255)).toBe(true);
  });

  test('go plain when compression would be longer', () => {
    const noise = Uint8Array.from({ length: 1016 * 648 }, (_, dot) => (dot * 7919) % 251);
    const encoded = encodePanel('m', noise, 128);
    expect([encoded.name, ...encoded.params, encoded.payload?.length]).toEqual(['Db', 'm', '128', 576_072]);
    const dots = decodePanel(encoded)?.dots ?? new Uint8Array();
    expect(Math.max(...noise.subarray(0, 5000).map((dot, index) => Math.abs(dot - (dots[index] ?? 0))))).toBe(1);
  });

  test('go compressed at two levels, full or none', () => {
    const half = Uint8Array.from({ length: 1016 * 648 }, (_, dot) => (dot % 1016 < 500 ? 127 : 128));
    const encoded = encodePanel('m', half, 2);
    expect([encoded.name, ...encoded.params.slice(0, 2)]).toEqual(['Dbc', 'm', '2']);
    const dots = decodePanel(encoded)?.dots ?? new Uint8Array();
    expect([dots[499], dots[500], dots[1016 * 647]]).toEqual([0, 255, 0]);
    expect(decodePanel({ name: 'Db', params: ['m', '2'], payload: new Uint8Array(82_296).fill(0xff) })?.dots.every((dot) => dot === 255)).toBe(true);
  });

  test('on the grid of 128 levels come back unchanged', () => {
    const panel = dyePanel(3);
    expect(Buffer.compare(decodePanel(encodePanel('c', panel, 128))?.dots ?? new Uint8Array(), panel)).toBe(0);
  });
});

describe('downloads that are no panel', () => {
  test.each<EvolisCommand>([
    { name: 'Db', params: ['k', '2'], payload: new Uint8Array(82_295) },
    { name: 'Db', params: ['k', '2'], payload: new Uint8Array(84_624) },
    { name: 'Db', params: ['k', '32'], payload: new Uint8Array(411_480) },
    { name: 'Db', params: ['q', '2'], payload: new Uint8Array(82_296) },
    { name: 'Dbc', params: ['k', '2', '1015'], payload: new Uint8Array(1015) },
    { name: 'Dbc', params: ['k', '2', '1017'], payload: new Uint8Array(1017) },
    { name: 'Dbc', params: ['y', '128', '2'], payload: Uint8Array.of(0x80, 0) },
    { name: 'Db', params: ['k', '2'] },
  ])('$name $params are refused', (command) => {
    expect(decodePanel(command)).toBeNull();
  });
});
