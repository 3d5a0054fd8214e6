import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AccountLine } from '../../../../daemon/station/batch-account.ts';
import { cardLine, refusalLines, summaryLines, type BatchReport } from '../../../../daemon/station/batch-report.ts';
import { differences, readExpectedOutcomes } from '../../../../daemon/station/expected-outcomes.ts';

const made: AccountLine = { orderId: 'A1', outcome: 'produced', codes: [], uid: '04AABBCC', cardNumber: 'BB-2611-000001', attempts: 1, scrapped: [], seconds: 20 };
const report = (change: Partial<BatchReport> = {}): BatchReport => ({
  lines: [made],
  refused: [{ orderId: 'A2', file: 'orders/a2.json', position: null, findings: [{ code: 'LOG-TOO-SMALL', field: 'logo' }, { code: 'VAL-PAST', field: 'card.validTo' }] }],
  blanks: { fed: 2, good: 1, rejected: 1 },
  seconds: 40,
  pausedFor: null, bench: [],
  counts: null, results: 'var/results',
  ...change,
});
const expected = { A1: { outcome: 'produced' as const, codes: [] }, A2: { outcome: 'refused' as const, codes: ['VAL-PAST', 'LOG-TOO-SMALL'] } };

describe('a batch held against what was expected', () => {
  test('has no differences when it went as it should, in whatever order the codes come', () => {
    expect(differences(expected, report())).toEqual([]);
  });

  test('counts a card of an earlier run as produced', () => {
    expect(differences(expected, report({ lines: [{ ...made, outcome: 'already produced' }] }))).toEqual([]);
  });

  test('names what is missing, what is different, and what nobody expected', () => {
    expect(differences(expected, report({ lines: [] }))).toEqual(['A1: expected produced, got nothing']);
    expect(differences(expected, report({ lines: [{ ...made, outcome: 'held' }] }))).toEqual(['A1: expected produced, got held']);
    expect(differences(expected, report({ lines: [made, { ...made, orderId: 'A9' }] }))).toEqual(['A9: not expected, got produced']);
    const fewer = { ...expected, A2: { outcome: 'refused' as const, codes: ['VAL-PAST'] } };
    expect(differences(fewer, report())).toEqual(['A2: expected refused VAL-PAST, got refused LOG-TOO-SMALL VAL-PAST']);
  });
});

describe('a list of expected outcomes', () => {
  test.each([
    ['no file', null],
    ['no JSON', '{'],
    ['an outcome that there is not', '{"A1":{"outcome":"lost","codes":[]}}'],
  ])('is refused as configuration: %s', async (_name, text) => {
    const folder = await mkdtemp(join(tmpdir(), 'kv-expected-'));
    onTestFinished(async () => rm(folder, { recursive: true }));
    const file = join(folder, 'expected.json');
    if (text !== null) await writeFile(file, text);
    await expect(readExpectedOutcomes(file)).rejects.toMatchObject({ code: 'CFG-INVALID', detail: { field: file } });
  });
});

describe('what the operator reads', () => {
  test('is one line a card with UID, number and seconds', () => {
    expect(cardLine(made, undefined, '[1/2]')).toBe('[1/2] A1  produced  UID 04AABBCC  BB-2611-000001  20.0 s');
    expect(cardLine({ ...made, attempts: 2, codes: ['ENC-PARTIAL'] }, undefined, '[1/2]')).toContain('2 blanks  ENC-PARTIAL');
  });

  test('is every reason of a refusal, in both languages, with field and place', () => {
    const lines = refusalLines({ orderId: 'A2', place: { file: 'orders.ndjson', position: 7 }, findings: [{ code: 'LOG-TOO-SMALL', field: 'logo' }] });
    expect(lines).toEqual(['A2  refused  LOG-TOO-SMALL [logo]: The logo must be at least 354 px wide and 118 px high. / Logotypen ska vara minst 354 px bred och 118 px hög. (orders.ndjson:7)']);
  });

  test('tells what was measured, and the place of an order that has no number', () => {
    const place = { file: 'orders.ndjson', position: 8 };
    const findings = [{ code: 'ORD-SCHEMA', field: 'order', detail: { note: 'not JSON at line 1, column 35' } }] as const;
    const [line] = refusalLines({ orderId: null, place, findings });
    expect(line).toMatch(/^orders\.ndjson:8 {2}refused {2}ORD-SCHEMA .*\(orders\.ndjson:8: not JSON at line 1, column 35\)$/);
    expect(summaryLines(report({ refused: [{ orderId: null, ...place, findings }] }))).toContain('Refused: orders.ndjson:8 ORD-SCHEMA');
  });

  test('is a summary that counts cards, codes and blanks, and says why the machine waits', () => {
    const lines = summaryLines(report({ pausedFor: 'PRN-RIBBON-END' })).join('\n');
    expect(lines).toContain('Produced 1, already produced 0, refused 1, held 0, waiting 0 in 40.0 s, 90 cards an hour.');
    expect(lines).toContain('Blanks used for these orders: 2, 1 good, 1 rejected.');
    expect(lines).toContain('Refused: A2 LOG-TOO-SMALL VAL-PAST');
    expect(lines).toContain('PRN-RIBBON-END: The ribbon is finished. / Färgbandet är slut.');
  });
});
