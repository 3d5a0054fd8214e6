import { describe, expect, test } from 'vitest';
import type { BytePort } from '../../drivers/contracts/channel.ts';
import { hasty, patient } from '../support/simulated-printer.ts';

/** A port under test and the device at its other end. */
export interface BytePortSubject extends AsyncDisposable {
  readonly port: BytePort;
  /** Sends to the host. */
  send(bytes: Uint8Array): void;
  /** Everything that came from the host so far. */
  received(): Buffer;
  /** Takes the device away. */
  unplug(): Promise<void>;
  /** Opens the same port once more. */
  openAgain(): Promise<BytePort>;
}

/** Each byte there is, in order. */
const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

async function readAll(port: BytePort, length: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (let got = 0; got < length;) {
    const part = await port.read(patient());
    parts.push(part);
    got += part.length;
  }
  return Buffer.concat(parts);
}

/** What every byte port must do, whatever it stands on. */
export function bytePortContract(name: string, open: () => Promise<BytePortSubject>): void {
  describe(`${name} keeps the contract of a byte port`, () => {
    test('carries every byte both ways', async () => {
      await using subject = await open();
      await subject.port.write(everyByte, patient());
      await expect.poll(() => subject.received().length).toBe(256);
      expect(subject.received()).toEqual(everyByte);
      subject.send(everyByte);
      expect(await readAll(subject.port, 256)).toEqual(everyByte);
    });

    test('carries a panel in one write', async () => {
      await using subject = await open();
      const panel = Buffer.from(Array.from({ length: 83_312 }, (_, at) => (at * 7) & 0xff));
      await subject.port.write(panel, patient());
      await expect.poll(() => subject.received().length, { timeout: 5000 }).toBe(panel.length);
      expect(Buffer.compare(subject.received(), panel)).toBe(0);
    });

    test('runs out of patience when nothing comes, and can be read again afterwards', async () => {
      await using subject = await open();
      await expect(subject.port.read(hasty(30))).rejects.toMatchObject({ code: 'LNK-TIMEOUT' });
      await expect(subject.port.read(hasty(0))).rejects.toMatchObject({ code: 'LNK-TIMEOUT' });
      subject.send(Buffer.from('late'));
      expect((await readAll(subject.port, 4)).toString()).toBe('late');
    });

    test('stops when told to', async () => {
      await using subject = await open();
      const abort = new AbortController();
      const reading = subject.port.read({ signal: abort.signal, timeoutMs: 10_000 });
      abort.abort();
      await expect(reading).rejects.toMatchObject({ code: 'STA-ABORTED' });
    });

    test('says that it is closed when the device goes away', async () => {
      await using subject = await open();
      await subject.unplug();
      await expect(subject.port.read(hasty(500))).rejects.toMatchObject({ code: 'LNK-CLOSED' });
      await expect(subject.port.write(Buffer.from('x'), patient())).rejects.toMatchObject({ code: expect.stringMatching(/^LNK-(CLOSED|REFUSED)$/) });
      await expect(subject.openAgain()).rejects.toMatchObject({ code: 'LNK-REFUSED' });
    });

    test('is closed when it is disposed, may be disposed twice, and opened again', async () => {
      await using subject = await open();
      await subject.port[Symbol.asyncDispose]();
      await subject.port[Symbol.asyncDispose]();
      await expect(subject.port.read(patient())).rejects.toMatchObject({ code: 'LNK-CLOSED' });
      await using again = await subject.openAgain();
      await again.write(Buffer.from('again'), patient());
      await expect.poll(() => subject.received().toString()).toBe('again');
    });
  });
}
