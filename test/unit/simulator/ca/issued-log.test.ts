import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openIssuedLog, type IssuedRecord } from '../../../../simulator/ca/issued-log.ts';

const record = (serial: string): IssuedRecord => ({
  serial, profile: 'piv-authentication', subject: 'CN=Åsa', notBefore: '2026-01-01T00:00:00.000Z', notAfter: '2031-01-01T00:00:00.000Z',
  publicKeySha256: '00', subjectKeyId: '00', alternativeNameDer: '', certificate: '',
});

describe('the account of certificates', () => {
  let folder: string;
  let path: string;
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'kortverk-log-')); path = join(folder, 'issued.ndjson'); });
  afterEach(() => { rmSync(folder, { recursive: true }); });

  it('is there again after a restart, in order', async () => {
    const log = await openIssuedLog(path);
    expect(log.all()).toEqual([]);
    await log.add(record('01'));
    await log.add(record('02'));
    expect((await openIssuedLog(path)).all()).toEqual([record('01'), record('02')]);
  });

  it('loses only the line that a crash cut short, and goes on behind it', async () => {
    await (await openIssuedLog(path)).add(record('01'));
    appendFileSync(path, '{"serial":"02","profi');
    const log = await openIssuedLog(path);
    expect(log.all()).toEqual([record('01')]);
    await log.add(record('03'));
    expect(readFileSync(path, 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as IssuedRecord).serial)).toEqual(['01', '03']);
  });
});
