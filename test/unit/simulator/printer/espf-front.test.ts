import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { writeBmp } from '../../../../drivers/codec/bmp.ts';
import { writeBinary } from '../../../../drivers/codec/espf-message.ts';
import { armFault, closeCover } from '../../../../simulator/machine/card-path-person.ts';
import { openEspfSubject } from '../../../support/simulated-espf.ts';

const device = 'Evolis Primacy 2 Duplex';

/** Sends one text as a client would, and gives everything that is answered. */
async function say(port: number, text: string, halfClose = false): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  if (halfClose) socket.end(text);
  else socket.write(text);
  let answer = '';
  for await (const chunk of socket) {
    answer += String(chunk);
    if (!halfClose) break;
  }
  socket.destroy();
  return answer;
}

async function call(port: number, method: string, params: Record<string, string> = {}): Promise<string> {
  const answer = JSON.parse(await say(port, JSON.stringify({ jsonrpc: '2.0', id: '1', method, params }))) as { result?: string; error?: { message: string } };
  return answer.result ?? `error: ${answer.error?.message ?? ''}`;
}

const picture = (shade: number): string => writeBinary(writeBmp({ widthDots: 1016, heightDots: 648, rgb: new Uint8Array(1016 * 648 * 3).fill(shade) }));

describe('the service', () => {
  test.each<[string, Record<string, string>, string]>([
    ['CMD.SendCommand', { device, command: 'Rfv', timeout: '5000' }, '1410.04'],
    ['CMD.SendCommand', { device, command: 'Xyz', timeout: '5000' }, 'ERROR CDE'],
    ['CMD.SendCommand', { device, command: 'base64:UmZ2', timeout: '5000' }, '1410.04'],
    ['CMD.SendCommand', { device: 'other', command: 'Rfv', timeout: '5000' }, 'error: device not found'],
    ['CMD.SendCommand', { device }, 'error: parameter command missing'],
    ['CMD.GetStatus', { device }, 'error: status not available'],
    ['CMD.ResetCom', { device, timeout: '1' }, 'OK'],
    ['PRINT.Begin', { device: 'other' }, 'JOB000001'],
    ['PRINT.Set', { session: 'JOB9', data: 'GRibbonType=RC_YMCKO' }, 'error: session not found'],
    ['PRINT.Print', { session: 'JOB9' }, 'error: session not found'],
    ['PRINT.End', { session: 'JOB9' }, 'error: session not found'],
    ['SUPERVISION.List', { device: 'Primacy 2 Duplex', level: '2' }, `${device},READY,PRINTER_READY`],
    ['SUPERVISION.List', { device: 'Primacy 2 Duplex', level: '0' }, device],
    ['SUPERVISION.List', { device: 'Quantum', level: '2' }, ''],
    ['SUPERVISION.GetState', { device }, 'READY,PRINTER_READY'],
    ['SUPERVISION.GetEvent', { device }, ''],
    ['SUPERVISION.SetEvent', { device, action: 'DEF_COVER_OPEN:OK' }, 'error: action not valid'],
    ['SUPERVISION.AddDevice', { device: 'other' }, 'error: device not found'],
    ['SETTING.Begin', { device: 'other' }, 'error: device not found'],
    ['SETTING.Get', { session: 'x', data: 'Model' }, 'error: session not found'],
    ['ECHO.Echo', { data: 'hello' }, 'hello'],
    ['ESPF.GetParam', { key: 'ESPFServerManager.port' }, '18000'],
    ['ESPF.GetParam', { key: 'nothing' }, 'error: key not valid'],
    ['ESPF.SetParam', { key: 'ESPFServerManager.port', data: '18001' }, 'OK'],
    ['ADDON.Launch', { command: 'x', data: '' }, 'error: command not valid'],
    ['NOTHING.Here', {}, 'error: method not found'],
  ])('%s %j gives %j', async (method, params, result) => {
    await using subject = await openEspfSubject();
    expect(await call(subject.front.port, method, params)).toBe(result);
  });

  test('reads settings only when they were imported', async () => {
    await using subject = await openEspfSubject();
    const { port } = subject.front;
    const session = await call(port, 'SETTING.Begin', { device });
    expect(await call(port, 'SETTING.Get', { session, data: 'Model' })).toBe('error: import not done');
    expect(await call(port, 'SETTING.Export', { session, format: 'text' })).toBe('error: import not done');
    expect(await call(port, 'SETTING.Import', { session, format: 'printer' })).toBe('OK');
    expect(await call(port, 'SETTING.Set', { session, data: 'GInputTray=MANUAL' })).toBe('OK');
    expect(await call(port, 'SETTING.Get', { session, data: 'GInputTray' })).toBe('MANUAL');
    expect(await call(port, 'SETTING.Export', { session, format: 'text' })).toContain('Model=Primacy 2 Duplex;');
    expect(await call(port, 'SETTING.End', { session })).toBe('OK');
  });

  test('answers a client that half-closes, and one that sends no object', async () => {
    await using subject = await openEspfSubject();
    const echo = '{"jsonrpc":"2.0","id":"1","method":"ECHO.Echo","params":{"data":"x"}}';
    expect(JSON.parse(await say(subject.front.port, echo, true))).toMatchObject({ result: 'x' });
    expect(JSON.parse(await say(subject.front.port, 'hello'))).toMatchObject({ error: { message: 'invalid request' } });
    expect(JSON.parse(await say(subject.front.port, '{"a":1}'))).toMatchObject({ error: { message: 'invalid request' } });
  });

  test('prints a session: once per face and panel, keys it knows', async () => {
    await using subject = await openEspfSubject();
    const { port } = subject.front;
    const session = await call(port, 'PRINT.Begin', { device });
    expect(await call(port, 'PRINT.Set', { session, data: 'GRibbonType=RC_YMCKO;FOverlayManagement=FULLVARNISH' })).toBe('OK');
    expect(await call(port, 'PRINT.Set', { session, data: 'Nothing=1' })).toBe('error: Nothing not valid');
    expect(await call(port, 'PRINT.SetBitmap', { session, face: 'front', panel: 'color', data: picture(55) })).toBe('OK');
    expect(await call(port, 'PRINT.SetBitmap', { session, face: 'front', panel: 'color', data: picture(55) })).toBe('error: front color not valid');
    expect(await call(port, 'PRINT.SetBitmap', { session, face: 'side', panel: 'color', data: picture(55) })).toBe('error: face not valid');
    expect(await call(port, 'PRINT.Print', { session })).toBe('OK');
    expect(await call(port, 'PRINT.End', { session })).toBe('OK');
    expect(subject.left).toMatchObject([{ to: 'output', marks: { front: { passes: { y: 1, m: 1, c: 1, overlay: 1 } } } }]);
    expect(subject.left[0]?.marks.front.dots.y?.[500]).toBe(201);
  });

  test('asks what to do when the feeder is empty, and goes on when it is told to try again', async () => {
    await using subject = await openEspfSubject();
    const { port } = subject.front;
    subject.holder.update((path) => armFault(path, 'feeder-empty', 1));
    const session = await call(port, 'PRINT.Begin', { device });
    await call(port, 'PRINT.SetBitmap', { session, face: 'front', panel: 'resin', data: picture(0) });
    const printed = call(port, 'PRINT.Print', { session });
    await expect.poll(async () => call(port, 'SUPERVISION.GetEvent', { device })).toBe('DEF_FEEDER_EMPTY:RETRY,CANCEL');
    expect(await call(port, 'SUPERVISION.GetState', { device })).toBe('READY,INF_PRINTING_RUNNING');
    subject.holder.update((path) => ({ ...path, standing: [] }));
    expect(await call(port, 'SUPERVISION.SetEvent', { device, action: 'DEF_FEEDER_EMPTY:RETRY' })).toBe('OK');
    expect(await printed).toBe('OK');
    expect(subject.left).toHaveLength(1);
  });

  test('does not offer to try again what is half on the card', async () => {
    await using subject = await openEspfSubject();
    const { port } = subject.front;
    subject.holder.update((path) => armFault(path, 'cover-open', 2));
    const session = await call(port, 'PRINT.Begin', { device });
    await call(port, 'PRINT.SetBitmap', { session, face: 'front', panel: 'color', data: picture(9) });
    const printed = call(port, 'PRINT.Print', { session });
    await expect.poll(async () => call(port, 'SUPERVISION.GetEvent', { device })).toBe('ERR_COVER_OPEN:CANCEL');
    await call(port, 'SUPERVISION.SetEvent', { device, action: 'ERR_COVER_OPEN:CANCEL' });
    expect(await printed).toBe('error: job cancelled: ERR_COVER_OPEN');
    subject.holder.update(closeCover);
    expect(await call(port, 'SUPERVISION.GetState', { device })).toBe('READY,PRINTER_READY');
  });
});
