import { describe, expect, test } from 'vitest';
import { openTcpPort } from '../../../../../drivers/channel/tcp-port.ts';
import { systemClock, type Clock } from '../../../../../drivers/contracts/clock.ts';
import { EvolisSession } from '../../../../../drivers/printer/evolis/session.ts';
import { openScriptedDevice, type ScriptedDevice, type ScriptedReaction } from '../../../../support/scripted-device.ts';
import { hasty, patient } from '../../../../support/simulated-printer.ts';

const session = (device: ScriptedDevice): EvolisSession => new EvolisSession(async (limit) => openTcpPort({ host: '127.0.0.1', port: device.port, clock: systemClock }, limit), systemClock);
const question = { name: 'Rtp', params: [] };
const act = { name: 'Sic', params: [] };

describe('a question', () => {
  test('gets its answer', async () => {
    await using device = await openScriptedDevice([{ send: 'Primacy 2\r' }]);
    await using talk = session(device);
    expect(await talk.ask(question, patient())).toBe('Primacy 2');
    expect(device.received).toEqual(['\x1bRtp\r']);
  });

  test.each<[string, ScriptedReaction]>([['no', 'silence'], ['half an', { send: 'Prim' }], ['a cut', 'hang-up'], ['an ended', 'half-close']])('is asked once more on a new connection after %s answer', async (_name, first) => {
    await using device = await openScriptedDevice([first, { send: 'Primacy 2\r' }]);
    await using talk = session(device);
    expect(await talk.ask(question, hasty(1000))).toBe('Primacy 2');
    expect(device).toMatchObject({ received: ['\x1bRtp\r', '\x1bRtp\r'], connections: 2 });
  });

  test('is asked again until a printer that restarts is back', async () => {
    await using device = await openScriptedDevice(['hang-up', 'hang-up', 'hang-up', { send: 'Primacy 2\r' }]);
    await using talk = session(device);
    expect(await talk.ask(question, patient())).toBe('Primacy 2');
    expect(device.connections).toBe(4);
  });

  test('is given up after two silences', async () => {
    await using device = await openScriptedDevice([]);
    await using talk = session(device);
    await expect(talk.ask(question, hasty(200))).rejects.toMatchObject({ code: 'PRN-OFFLINE' });
    expect(device.received).toHaveLength(2);
  });

  test.each([['\x02binary\r'], ['OK\rOK\r'], ['A'.repeat(2000)]])('answered with %j is a protocol error', async (send) => {
    await using device = await openScriptedDevice([{ send }]);
    await using talk = session(device);
    await expect(talk.ask(question, patient())).rejects.toMatchObject({ code: 'LNK-PROTOCOL' });
  });
});

describe('an act', () => {
  test.each<[string, ScriptedReaction]>([['no', 'silence'], ['half an', { send: 'O' }], ['a cut', 'hang-up'], ['an ended', 'half-close'], ['a doubled', { send: 'OK\rOK\r' }]])('is never repeated after %s answer', async (_name, reaction) => {
    await using device = await openScriptedDevice([reaction, { send: 'OK\r' }]);
    await using talk = session(device);
    await expect(talk.act(act, hasty(300))).rejects.toMatchObject({ code: 'PRN-UNKNOWN' });
    expect(device.received).toEqual(['\x1bSic\r']);
  });

  test('of which half an answer came is given up long before its own time, as no print takes so long to say OK', async () => {
    const asked: number[] = [];
    const hurried: Clock = { ...systemClock, sleep: (ms, signal) => { asked.push(ms); return systemClock.sleep(ms / 100, signal); } };
    await using device = await openScriptedDevice([{ send: 'O' }]);
    await using talk = new EvolisSession(async (limit) => openTcpPort({ host: '127.0.0.1', port: device.port, clock: hurried }, limit), hurried);
    await expect(talk.act(act, hasty(300_000))).rejects.toMatchObject({ code: 'PRN-UNKNOWN' });
    expect(asked.at(-1)).toBe(5_000);
  });

  test('that could not be sent leaves the printer merely offline', async () => {
    const device = await openScriptedDevice([]);
    await device[Symbol.asyncDispose]();
    await using talk = session(device);
    await expect(talk.act(act, patient())).rejects.toMatchObject({ code: 'PRN-OFFLINE' });
  });

  test('that is aborted says so, and its late answer is not taken for the next one', async () => {
    await using device = await openScriptedDevice(['silence', { send: 'CONTACTLESS CARD\r' }]);
    await using talk = session(device);
    const abort = new AbortController();
    const acting = talk.act(act, { signal: abort.signal, timeoutMs: 10_000 });
    setTimeout(() => { abort.abort(); }, 50);
    await expect(acting).rejects.toMatchObject({ code: 'STA-ABORTED' });
    expect(await talk.ask({ name: 'Rlr', params: ['p'] }, patient())).toBe('CONTACTLESS CARD');
    expect(device.connections).toBe(2);
  });
});

test('commands go out one at a time, in order', async () => {
  await using device = await openScriptedDevice([{ send: 'one\r' }, { send: 'two\r' }, { send: 'three\r' }]);
  await using talk = session(device);
  const answers = ['Rtp', 'Rsn', 'Rfv'].map(async (name) => talk.ask({ name, params: [] }, patient()));
  expect(await Promise.all(answers)).toEqual(['one', 'two', 'three']);
  expect(device.received).toEqual(['\x1bRtp\r', '\x1bRsn\r', '\x1bRfv\r']);
});

test('a connection on which something came unasked is given up before the next command', async () => {
  await using device = await openScriptedDevice([{ send: 'one\r' }, { send: 'two\r' }]);
  await using talk = session(device);
  expect(await talk.ask(question, patient())).toBe('one');
  device.say('OK\r');
  await systemClock.sleep(50, patient().signal);
  expect(await talk.ask(question, patient())).toBe('two');
  expect(device.connections).toBe(2);
});

test('a closed session opens nothing any more', async () => {
  await using device = await openScriptedDevice([{ send: 'one\r' }]);
  const talk = session(device);
  await talk[Symbol.asyncDispose]();
  await expect(talk.ask(question, patient())).rejects.toMatchObject({ code: 'PRN-OFFLINE' });
  expect(device.connections).toBe(0);
});
