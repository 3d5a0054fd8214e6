import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlasticLog, readPlasticLog, type PlasticRecord } from '../../../../simulator/machine/plastic-log.ts';

const record = (seq: number): PlasticRecord => ({ seq, at: 1000 + seq, event: { what: 'fed', uid: `0${seq}` } });

describe('account of the plastic', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kv-log-'));
    path = join(folder, 'plastic.ndjson');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('grows line by line and goes on after a restart', () => {
    {
      using log = PlasticLog.open(path);
      log.append([record(1)]);
      log.append([record(2), record(3)]);
    }
    using again = PlasticLog.open(path);
    expect(again.lastSeq).toBe(3);
    again.append([record(2), record(3), record(4)]);
    expect(readPlasticLog(path)).toEqual([record(1), record(2), record(3), record(4)]);
  });

  it('cuts off a line that was not finished', () => {
    writeFileSync(path, `${JSON.stringify(record(1))}\n{"seq":2,"at"`);
    using log = PlasticLog.open(path);
    expect(log.lastSeq).toBe(1);
    log.append([record(2)]);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
    expect(readPlasticLog(path)).toEqual([record(1), record(2)]);
  });

  it('is refused with a line missing, or broken in the middle', () => {
    writeFileSync(path, `${JSON.stringify(record(1))}\n${JSON.stringify(record(3))}\n`);
    expect(() => readPlasticLog(path)).toThrow('record 3 in place 2');
    writeFileSync(path, '{"seq":1\n');
    expect(() => readPlasticLog(path)).toThrow();
    appendFileSync(path, `${JSON.stringify(record(1))}\n`);
    expect(() => PlasticLog.open(path)).toThrow();
  });
});
