import { mkdtemp, rm } from 'node:fs/promises';
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
    it('gives the readers as their makers name them, and what is in them', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'kv-list-'));
      await using service = await openPrivateCardService({ folder, readerNames: [contactlessName] });
      const limit = { signal: new AbortController().signal, timeoutMs: 5000 };
      const readers = await listPcscReaders({ socketPath: service.socketPath ?? '', limit });
      expect(readers.map(({ name, card }) => [name, card])).toEqual([[`${contactlessName} 00 00`, 'empty'], [`${contactlessName} 00 01`, 'empty']]);
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
