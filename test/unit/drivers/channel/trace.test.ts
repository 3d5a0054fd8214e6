import { describe, expect, it } from 'vitest';
import { withTrace } from '../../../../drivers/channel/trace.ts';
import type { ApduChannel } from '../../../../drivers/contracts/channel.ts';
import type { Clock } from '../../../../drivers/contracts/clock.ts';
import { StationFault } from '../../../../drivers/contracts/fault.ts';
import { hex, limit, scripted } from './scripted-channel.ts';

function tickingClock(): Clock {
  let now = 0;
  return { now: () => 0, steady: () => (now += 0.25), sleep: async () => undefined };
}

async function traceOf(channel: ApduChannel, command: string): Promise<string[]> {
  const lines: string[] = [];
  await withTrace(channel, tickingClock(), (line) => lines.push(line)).transmit(hex(command), limit).catch(() => undefined);
  return lines;
}

describe('trace', () => {
  it('shows what is open', async () => {
    expect(await traceOf(scripted([['FFCA000000', '04A1B2C39000']]), 'FFCA000000')).toEqual(['ffca0000 -> 04a1b2c3 9000 ok 250 us']);
    expect(await traceOf(scripted([['00A4040005A000000308', '6A82']]), '00A4040005A000000308')).toEqual(['00a40400 a000000308 -> 6A82 not found 250 us']);
  });

  it.each([
    ['VERIFY', '0020008008313233343536FFFF', '313233343536'],
    ['VERIFY, chained', '1020008008313233343536FFFF', '313233343536'],
    ['CHANGE REFERENCE DATA', '0024008010313233343536FFFF393837363534FFFF', '39383736'],
    ['RESET RETRY COUNTER', '002C0080103132333435363738393837363534FFFF', '3132333435'],
    ['LOAD KEYS', 'FF82000006A1B2C3D4E5F6', 'a1b2c3'],
    ['GENERAL AUTHENTICATE', '0087039B047C028000', '7c028000'],
    ['SET MANAGEMENT KEY', '00FFFFFF0B0A9B08A1B2C3D4E5F60718', 'a1b2c3'],
    ['IMPORT KEY', '00FE119A0406020102', '06020102'],
    ['PUT DATA', '00DB3FFF075C035FC1095302', '5fc109'],
    ['GET DATA of a person', '00CB3FFF055C035FC109', '5fc109'],
    ['UPDATE BINARY of a trailer', 'FFD6000710A1B2C3D4E5F6787788C1010203040506', 'a1b2c3'],
    ['an unknown instruction', '00550000020102', '0102'],
  ])('hides the bytes of %s and of its answer', async (_, command, secret) => {
    const [line, ...more] = await traceOf({ transmit: async () => hex('DEADBEEF9000') }, command);
    expect(more).toEqual([]);
    expect(line).toMatch(/^[0-9a-f]{8} \[\d+ bytes\] -> \[4 bytes\] 9000 ok/);
    expect(line).not.toContain(secret);
    expect(line).not.toContain('deadbeef');
  });

  it('hides what is no command at all', async () => {
    expect(await traceOf({ transmit: async () => hex('6700') }, '002000800831')).toEqual(['6 bytes that are no command -> 6700 wrong length 250 us']);
  });

  it('tells the fault of an exchange that failed and passes it on', async () => {
    const gone = { transmit: async () => { throw new StationFault('LNK-CARD-GONE'); } };
    expect(await traceOf(gone, 'FFCA000000')).toEqual(['ffca0000 -> LNK-CARD-GONE 250 us']);
    await expect(withTrace(gone, tickingClock(), () => undefined).transmit(hex('FFCA000000'), limit)).rejects.toMatchObject({ code: 'LNK-CARD-GONE' });
  });
});
