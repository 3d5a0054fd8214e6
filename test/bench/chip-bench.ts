import { openPcscReader } from '../../drivers/channel/pcsc-reader.ts';
import type { CardReader } from '../../drivers/contracts/channel.ts';
import { encodeMifare } from '../../drivers/mifare-classic/encoder.ts';
import { encodePiv } from '../../drivers/piv/encoder.ts';
import { standardBlank } from '../../simulator/card/piv/abilities.ts';
import { ChipChannel, IntentRecord, layered, limit, newCard, ProcessCustody, testClock, testJob, testPin } from '../support/piv/card-bench.ts';
import { openCardInPcscd, type CardInPcscd } from '../support/piv/card-in-pcscd.ts';
import { openSmallAuthority } from '../support/piv/small-authority.ts';
import { benchCard, LIMIT, openCustody, RecordedIntents, sampleJob } from '../unit/drivers/mifare-classic/mifare-bench.ts';
import { blankInspection, neededForMifare, pivCommandGroups } from './chip-counts.ts';
import { figure, line, summarise } from './measure.ts';

const ROUNDS = 5;
const newKey = '0102030405060708010203040506070801020304050607FE';
type Say = (text: string) => void;

/** Commands of each issue against the fewest possible, then a whole PIV issue against other makers' tools on the same virtual card. */
export async function benchChips(say: Say): Promise<void> {
  await countMifare(say);
  await countPiv(say);
  await raceTools(say);
}

async function countMifare(say: Say): Promise<void> {
  await using token = await openCustody();
  const mini = sampleJob({ chip: 'mini', tag: { sector: 4, orderId: 'KV-2026-000017', attempt: 1 }, sectors: [], publisherSector: 0 });
  for (const [name, job] of [['MIFARE Mini', mini], ['MIFARE 1K', sampleJob()], ['MIFARE 4K', sampleJob({ chip: '4k', uid: '04A1B2C3D4E5F6' })]] as const) {
    const card = benchCard({ chip: job.chip, uid: job.uid }).insert();
    await encodeMifare(job, card, token.custody, new RecordedIntents(), LIMIT);
    const groups = neededForMifare(job);
    const needed = groups.reduce((sum, group) => sum + group.needed, 0);
    const inspected = groups.find(({ what }) => what === blankInspection)?.needed ?? 0;
    say(line(`${name} issue, APDUs`, `${card.channel.sent.length} of at least ${needed} (${inspected} of them to inspect the blank)`, { name: 'the fewest possible', ratio: card.channel.sent.length / needed }));
    for (const group of groups) say(`  ${group.what}: ${group.needed}`);
  }
}

async function countPiv(say: Say): Promise<void> {
  const channel = new ChipChannel(newCard(standardBlank).card.face('contact'));
  const job = testJob();
  await encodePiv(job, layered(channel), await pivParts(), limit);
  const groups = pivCommandGroups(channel.commands, job.slots.length);
  const needed = groups.reduce((sum, group) => sum + group.needed, 0);
  say(line('PIV issue with its read-back, APDUs', `${channel.count} of at least ${needed}`, { name: 'the fewest possible', ratio: channel.count / needed }));
  for (const { what, sent, needed: least } of groups) say(`  ${what}: ${sent} of ${least}`);
}

async function pivParts() {
  return { keys: new ProcessCustody(), ca: await openSmallAuthority(), intents: new IntentRecord(), clock: testClock, certificateTimeoutMs: 5000 };
}

/** The same card in the same private card service, by turns ours and theirs, each time a new blank. */
async function raceTools(say: Say): Promise<void> {
  await using bench = await openCardInPcscd(newCard(standardBlank).card.face('contact'));
  await using reader = await openPcscReader({ name: bench.readerName, socketPath: bench.socketPath });
  const parts = await pivParts();
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    if (round > 0) await bench.exchange(newCard(standardBlank).card.face('contact'));
    ours.push(await timed(() => issueOurs(reader, parts)));
    await bench.exchange(newCard(standardBlank).card.face('contact'));
    theirs.push(await timed(() => issueTheirs(bench)));
  }
  const [mine, tools] = [summarise(ours), summarise(theirs)];
  say(line('a whole PIV issue by Kortverk', figure(mine), { name: "the tools' time", ratio: mine.medianMs / tools.medianMs }));
  say(line('the same by yubico-piv-tool, pkcs11-tool, openssl', figure(tools)));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The reader's process runs all the time, as in a station; the tools start one for each step, as they must. */
async function issueOurs(reader: CardReader, parts: Awaited<ReturnType<typeof pivParts>>): Promise<void> {
  await using connection = await reader.connect(limit);
  await encodePiv(testJob(), layered(connection.channel), parts, limit);
}

/**
 * The same steps with other makers' tools: CHUID and CCC, management key, two key pairs, certificates by an authority's
 * key, import, an object, PIN and PUK, then the read-back: status, both certificates, a signature checked by openssl.
 */
async function issueTheirs(bench: CardInPcscd): Promise<void> {
  const piv = (...args: readonly string[]) => must(bench, 'yubico-piv-tool', ['-r', 'Kortverk', ...args]);
  await piv('-a', 'set-chuid', '-a', 'set-ccc');
  await piv('-a', 'set-mgm-key', '-n', newKey);
  await must(bench, 'openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'authority.pem']);
  for (const slot of ['9a', '9e']) {
    await piv(`-k${newKey}`, '-a', 'generate', '-s', slot, '-A', 'ECCP256', '-o', `${slot}-public.pem`);
    await must(bench, 'openssl', ['x509', '-new', '-force_pubkey', `${slot}-public.pem`, '-subj', '/CN=Test/O=Example', '-days', '30', '-key', 'authority.pem', '-out', `${slot}.pem`]);
    await piv(`-k${newKey}`, '-a', 'import-certificate', '-s', slot, '-i', `${slot}.pem`);
  }
  await must(bench, 'openssl', ['rand', '-out', 'object', '120']);
  await piv(`-k${newKey}`, '-a', 'write-object', '--id', '0x5fc109', '-f', 'binary', '-i', 'object');
  await piv('-a', 'change-pin', '-P', '123456', '-N', testPin);
  await piv('-a', 'change-puk', '-P', '12345678', '-N', '87654321');
  await piv('-a', 'status');
  for (const slot of ['9a', '9e']) await piv('-a', 'read-certificate', '-s', slot, '-o', `${slot}-read.pem`);
  await must(bench, 'pkcs11-tool', ['--login', '--pin', testPin, '--sign', '--id', '01', '-m', 'ECDSA-SHA256', '--signature-format', 'openssl', '-i', 'object', '-o', 'signature']);
  await must(bench, 'openssl', ['dgst', '-sha256', '-verify', '9a-public.pem', '-signature', 'signature', 'object']);
}

async function must(bench: CardInPcscd, program: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await bench.run(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}
