import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listPcscReaders } from '../../drivers/channel/pcsc-list.ts';
import { openPcscReader } from '../../drivers/channel/pcsc-reader.ts';
import { mayRunPrivateService, openPrivateCardService } from '../../simulator/machine/card-service.ts';
import { VpcdSlot } from '../../simulator/reader/vpcd-slot.ts';
import { cardReaderContract, type ReaderSubject } from './card-reader-contract.ts';

const contactlessName = 'HID Global OMNIKEY 5022 Smart Card Reader';
const contactName = 'HID Global OMNIKEY 3x21 Smart Card Reader';

/** Numbers of the reader processes that this process has started and that live. */
async function readerProcesses(): Promise<readonly string[]> {
  const children = (await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')).trim().split(' ');
  const commands = await Promise.all(children.map((child) => readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '')));
  return children.filter((_, index) => commands[index]?.includes('pcsc-reader-process'));
}

async function openPcscSubject(): Promise<ReaderSubject> {
  const folder = await mkdtemp(join(tmpdir(), 'kv-reader-'));
  const service = await openPrivateCardService({ folder, readerNames: [contactlessName, contactName] });
  const [first, second] = service.readers;
  if (first === undefined || second === undefined || service.socketPath === null) throw new Error('the card service has no readers');
  const { socketPath } = service;
  const slot = new VpcdSlot({ port: first.port });
  const other = new VpcdSlot({ port: second.port });
  return {
    open: () => openPcscReader({ name: first.name, socketPath }),
    openOther: () => openPcscReader({ name: second.name, socketPath }),
    insert: (chip) => slot.insert(chip),
    insertOther: (chip) => other.insert(chip),
    remove: () => slot.remove(),
    removeOther: () => other.remove(),
    fallMute: () => { slot.ailment = 'mute'; },
    heal: () => { slot.ailment = 'none'; },
    killService: () => service.kill(),
    startService: () => service.start(),
    async [Symbol.asyncDispose]() {
      slot.remove();
      other.remove();
      await service[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

if (await mayRunPrivateService()) {
  cardReaderContract('pcsclite on a private pcscd with vpcd', openPcscSubject);

  describe('list of readers', () => {
    it('gives the readers as their makers name them, and what is in them; one that is not told of is looked for by a new process', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'kv-list-'));
      await using service = await openPrivateCardService({ folder, readerNames: [contactlessName] });
      const limit = { signal: new AbortController().signal, timeoutMs: 5000 };
      const readers = await listPcscReaders({ socketPath: service.socketPath ?? '', limit });
      expect(readers.map(({ name, card }) => [name, card])).toEqual([[`${contactlessName} 00 00`, 'empty'], [`${contactlessName} 00 01`, 'empty']]);
      await using missing = await openPcscReader({ name: 'no such reader', socketPath: service.socketPath ?? '' });
      const first = await readerProcesses();
      await expect(missing.connect({ ...limit, timeoutMs: 4000 })).rejects.toMatchObject({ code: 'ENC-NO-READER' });
      const looksAnew = await readerProcesses();
      expect([first.length, looksAnew.length, looksAnew[0] === first[0]]).toEqual([1, 1, false]);
      await service.kill();
      await expect(listPcscReaders({ socketPath: service.socketPath ?? '', limit })).rejects.toMatchObject({ code: 'LNK-SERVICE-GONE' });
      await rm(folder, { recursive: true, force: true });
    });
  });
} else {
  describe('card reader', () => {
    it('works on a private card service', (context) => context.skip('this user may not start a private card service (unshare --mount is refused)'));
  });
}
