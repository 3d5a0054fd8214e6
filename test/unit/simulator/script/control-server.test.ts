import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StationFault } from '../../../../drivers/contracts/fault.ts';
import { openControl } from '../../../../simulator/script/control-client.ts';
import type { ControlRequest } from '../../../../simulator/script/control-protocol.ts';
import { openControlServer } from '../../../../simulator/script/control-server.ts';

describe('control socket', () => {
  let folder: string;
  let socketPath: string;
  let server: AsyncDisposable;
  let served: string[];

  const serve = async (request: ControlRequest): Promise<unknown> => {
    served.push(`begin ${request.do}`);
    if (request.do === 'look') await sleep(30);
    if (request.do === 'mend') throw new StationFault('SIM-INVALID', { field: 'machine', note: 'on fire' });
    if (request.do === 'list-faults') throw new Error('a bug');
    if (request.do === 'dump-chips') return new Promise(() => undefined);
    served.push(`end ${request.do}`);
    return { pid: 1, of: request.do };
  };

  beforeEach(async () => {
    served = [];
    folder = await mkdtemp(join(tmpdir(), 'kv-control-'));
    socketPath = join(folder, 'c.sock');
    server = await openControlServer({ socketPath, serve });
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it('answers in order, one at a time, whoever asks', async () => {
    await using one = await openControl(socketPath);
    await using two = await openControl(socketPath);
    const answers = await Promise.all([one.ask({ do: 'look' }), one.ask({ do: 'status' }), sleep(5).then(() => two.ask({ do: 'status' }))]);
    expect(answers).toMatchObject([{ of: 'look' }, { of: 'status' }, { of: 'status' }]);
    expect(served).toEqual(['begin look', 'end look', 'begin status', 'end status', 'begin status', 'end status']);
  });

  it('gives faults their code, field and note, and goes on', async () => {
    await using control = await openControl(socketPath);
    await expect(control.ask({ do: 'mend' })).rejects.toMatchObject({ code: 'SIM-INVALID', detail: { field: 'machine', note: 'on fire' } });
    await expect(control.ask({ do: 'list-faults' })).rejects.toMatchObject({ code: 'STA-BUG', detail: { note: 'a bug' } });
    expect(await control.ask({ do: 'status' })).toMatchObject({ of: 'status' });
  });

  it('answers a line that is none, and leaves who sends no line end', async () => {
    const raw = connect(socketPath);
    raw.write('hello\n');
    const [answer] = (await once(raw, 'data')) as [Buffer];
    expect(JSON.parse(answer.toString())).toEqual({ ok: false, code: 'SIM-INVALID', field: 'line', note: 'not JSON' });
    raw.on('error', () => undefined);
    raw.write('x'.repeat(200_000));
    await new Promise((resolve) => raw.once('close', resolve));
  });

  it('has a deadline', async () => {
    await using control = await openControl(socketPath);
    await expect(control.ask({ do: 'dump-chips', uid: '01' }, { signal: new AbortController().signal, timeoutMs: 50 })).rejects.toMatchObject({ code: 'LNK-TIMEOUT' });
  });

  it('tells when the machine ends, and when none is there', async () => {
    await using control = await openControl(socketPath);
    const [waiting] = await Promise.allSettled([
      control.ask({ do: 'dump-chips', uid: '01' }),
      sleep(20).then(() => server[Symbol.asyncDispose]()),
    ]);
    expect(waiting).toMatchObject({ status: 'rejected', reason: { code: 'LNK-CLOSED' } });
    await expect(control.ask({ do: 'status' })).rejects.toMatchObject({ code: 'LNK-CLOSED' });
    await expect(openControl(socketPath)).rejects.toMatchObject({ code: 'LNK-REFUSED' });
    server = await openControlServer({ socketPath, serve });
  });
});
