import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeMifare } from '../../drivers/mifare-classic/encoder.ts';
import { DisposalStack } from '../../drivers/contracts/disposal.ts';
import { blankMifareCard, type MifareCard } from '../../simulator/card/mifare-card.ts';
import { mayRunPrivateService, openPrivateCardService } from '../../simulator/machine/card-service.ts';
import { presentStorageCard } from '../../simulator/reader/storage-card.ts';
import { VpcdSlot } from '../../simulator/reader/vpcd-slot.ts';
import { startProgram } from '../support/child-program.ts';
import type { NfcResult, NfcStep } from '../support/mifare/nfc-pcsc-client.ts';
import { BenchChannel, LIMIT, openCustody, RecordedIntents, sampleJob, UID } from '../unit/drivers/mifare-classic/mifare-bench.ts';

const READERS = ['ACS ACR122U PICC Interface', 'ACS AET62 PICC Interface'] as const;
const EXPECTED_CLASS = { 'ACS ACR122U PICC Interface': 'ACR122Reader', 'ACS AET62 PICC Interface': 'Reader' } as const;
/** The card service looks for a card every 400 ms; a client that starts sooner works on a card that has gone. */
const NOTICE_MS = 900;
const TRANSPORT = 'FFFFFFFFFFFF';
const NEW_TRAILER = 'A1A2A3A4A5A678778869B1B2B3B4B5B6';

const stack = new DisposalStack();
let socketPath: string;
let slots: ReadonlyMap<string, { readonly name: string; readonly slot: VpcdSlot }>;

beforeAll(async () => {
  if (!(await mayRunPrivateService())) throw new Error('this test needs a private card service: run it as a user who may unshare mounts');
  const folder = await mkdtemp(join(tmpdir(), 'kv-nfc-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const service = stack.use(await openPrivateCardService({ folder, readerNames: READERS }));
  socketPath = service.socketPath ?? '';
  slots = new Map(
    service.readers.map(({ name, port }, index) => {
      const slot = stack.use(new VpcdSlot({ port }));
      return [READERS[index] ?? '', { name, slot }];
    }),
  );
});

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

/** Lays a card on a reader, lets nfc-pcsc work on it in a process of its own, and takes it away. */
async function nfcPcsc(reader: string, card: MifareCard, steps: readonly NfcStep[]): Promise<NfcResult> {
  const place = slots.get(reader);
  if (place === undefined) throw new Error(`no reader ${reader}`);
  place.slot.insert(presentStorageCard(card.chip, reader));
  await using client = startProgram('test/support/mifare/nfc-pcsc-client', [place.name, JSON.stringify(steps)], { wrapper: ['env', `PCSCLITE_CSOCK_NAME=${socketPath}`] });
  const code = await client.ended();
  place.slot.remove();
  await wait(NOTICE_MS);
  expect(code).toBe(0);
  return JSON.parse(client.lines.at(-1) ?? 'null') as NfcResult;
}

const blank = (): MifareCard => blankMifareCard({ uid: UID, chip: '1k' }, { onChange: () => undefined });
const open = (block: number, type: 'A' | 'B', key: string, obsolete = false): NfcStep => ({ act: 'authenticate', block, type, key, obsolete });

describe.each(READERS)('nfc-pcsc through %s', (reader) => {
  it('knows reader and card, reads, writes and locks a sector', async () => {
    const card = blank();
    const result = await nfcPcsc(reader, card, [
      open(4, 'A', TRANSPORT),
      { act: 'read', block: 7 },
      { act: 'write', block: 4, data: '5A'.repeat(16) },
      { act: 'read', block: 4 },
      { act: 'read', block: 8 },
      open(4, 'A', 'A0A1A2A3A4A5'),
      { act: 'read', block: 4 },
      open(4, 'A', TRANSPORT, true),
      { act: 'write', block: 7, data: NEW_TRAILER },
      open(4, 'A', TRANSPORT),
      open(4, 'A', 'A1A2A3A4A5A6'),
      { act: 'write', block: 4, data: '00'.repeat(16) },
      open(4, 'B', 'B1B2B3B4B5B6'),
      { act: 'write', block: 4, data: 'A5'.repeat(16) },
      { act: 'read', block: 4 },
    ]);
    expect([result.readerClass, result.uid]).toEqual([EXPECTED_CLASS[reader], UID.toLowerCase()]);
    expect(result.outcomes).toEqual([
      'ok',
      '000000000000FF078069FFFFFFFFFFFF',
      'ok',
      '5A'.repeat(16),
      'ReadError',
      'AuthenticationError',
      'ReadError',
      'ok',
      'ok',
      'AuthenticationError',
      'ok',
      'WriteError',
      'ok',
      'ok',
      'A5'.repeat(16),
    ]);
    expect(card.chip.dump()[7]).toBe(NEW_TRAILER);
  });

  it('reads the directory of a card that was encoded here, and opens nothing else of it', async () => {
    const card = blank();
    await using token = await openCustody();
    await encodeMifare(sampleJob(), { reader, channel: new BenchChannel(presentStorageCard(card.chip, reader)) }, token.custody, new RecordedIntents(), LIMIT);
    const closed = Array.from({ length: 15 }, (_, index) => open((index + 1) * 4, 'A', TRANSPORT));
    const result = await nfcPcsc(reader, card, [open(1, 'A', 'A0A1A2A3A4A5'), { act: 'read', block: 1 }, { act: 'read', block: 2 }, open(0, 'B', TRANSPORT), ...closed]);
    expect(result.outcomes.slice(0, 3)).toEqual(['ok', 'A3050000000000000000895100000000', '00'.repeat(16)]);
    expect(new Set(result.outcomes.slice(3))).toEqual(new Set(['AuthenticationError']));
  });
});
