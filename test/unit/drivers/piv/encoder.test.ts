import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { KeyUsageFlags } from '@peculiar/asn1-x509';
import { CertificatePolicyExtension, X509Certificate as X509CertificateReader } from '@peculiar/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { StationFault, type FaultCode } from '../../../../drivers/contracts/fault.ts';
import { encodePiv, type PivEncoderParts } from '../../../../drivers/piv/encoder.ts';
import { identifyPiv } from '../../../../drivers/piv/identify.ts';
import type { PivJob, PivReport } from '../../../../drivers/piv/job.ts';
import { readBackPiv } from '../../../../drivers/piv/read-back.ts';
import { canokeyLike, pivAppletLike, plainStandard, standardBlank, type PivAbilities } from '../../../../simulator/card/piv/abilities.ts';
import type { PivMemory } from '../../../../simulator/card/piv/memory.ts';
import type { PivCard } from '../../../../simulator/card/piv-card.ts';
import { ChipChannel, IntentRecord, layered, limit, newCard, ProcessCustody, testClock, testGuid, testJob } from '../../../support/piv/card-bench.ts';
import { newKeys, openSmallAuthority, type Misconduct, type SmallAuthority } from '../../../support/piv/small-authority.ts';

let authority: SmallAuthority;
const keys = new ProcessCustody();

beforeAll(async () => {
  authority = await openSmallAuthority();
});

function partsWith(intents: IntentRecord, ca: SmallAuthority = authority): PivEncoderParts {
  return { keys, ca, intents, clock: testClock, certificateTimeoutMs: 5000 };
}

function encode(job: PivJob, card: PivCard, intents = new IntentRecord(), ca: SmallAuthority = authority): Promise<PivReport> {
  return encodePiv(job, layered(new ChipChannel(card.face('contact'))), partsWith(intents, ca), limit);
}

async function readBack(job: PivJob, card: PivCard): Promise<PivReport> {
  return readBackPiv(job, layered(new ChipChannel(card.face('contact'))), { keys, chain: await authority.chain(), clock: testClock }, limit);
}

async function faultOf(work: Promise<unknown>): Promise<StationFault> {
  const outcome = await work.catch((error: unknown) => error);
  if (outcome instanceof StationFault) return outcome;
  throw new Error('the work did not fail as a StationFault', { cause: outcome });
}

describe('encodePiv', () => {
  it.each<[string, PivAbilities, Partial<PivJob>]>([
    ['a standard blank', standardBlank, {}],
    ['a card that answers as PivApplet, with a CHUID from the factory', pivAppletLike, {}],
    ['a card that answers as canokey, with a discovery object of its own', canokeyLike, {}],
    ['a 3DES management key', standardBlank, { managementKey: { ...testJob().managementKey, algorithm: '3DES' } }],
    ['the AES-192 factory key of newer cards', { ...standardBlank, factoryManagementAlgorithm: 'AES-192' }, {}],
    ['no tag, because the other chip carries it', standardBlank, { tag: null }],
  ])('issues and proves a card: %s', async (_name, abilities, changes) => {
    const { card } = newCard(abilities);
    const job = testJob(changes);
    const report = await encode(job, card);
    expect(report.guid).toBe(testGuid);
    expect(report.certificates.map(({ slot }) => slot)).toEqual(['9A', '9E']);
    expect(report.certificates[0]?.subject).toBe('serialNumber=BB-2611-000001,CN=Zoë Ångström,O=Åkerlunds Bygg AB,C=SE');
    expect(await readBack(job, card)).toEqual(report);
    expect(authority.issued.slice(-2).map((der) => new X509Certificate(der).serialNumber)).toEqual(report.certificates.map(({ serial }) => serial));
  });

  it('issues P-384 and RSA-2048 keys and writes printed information', async () => {
    const { card } = newCard();
    const [first, second] = testJob().slots;
    if (first === undefined || second === undefined) throw new Error('the test job has two slots');
    const printedInformation = { name: 'ZOE ANGSTROM', employeeAffiliation: 'CONTRACTOR', expiry: '2028-11-30', cardSerialNumber: 'BB-2611-000001', issuer: 'ID06', organizationLine1: '', organizationLine2: '' };
    const job = testJob({ slots: [{ ...first, algorithm: 'RSA-2048' }, { ...second, algorithm: 'P-384' }], printedInformation });
    const report = await encode(job, card);
    expect(await readBack(job, card)).toEqual(report);
  });

  it('sets the tries of PIN and PUK before their values, and proves them', async () => {
    const { card } = newCard();
    const job = testJob({ tries: { pin: 5, puk: 7 } });
    const intents = new IntentRecord();
    const report = await encode(job, card, intents);
    const { pin, puk } = card.snapshot().memory as PivMemory;
    expect([pin.maximumTries, puk.maximumTries, pin.triesLeft, pin.isFactory, puk.isFactory]).toEqual([5, 7, 5, false, false]);
    expect(intents.lines.indexOf('= tries')).toBeLessThan(intents.lines.indexOf('+ PUK'));
    expect(await readBack(job, card)).toEqual(report);
    expect(await encode(job, card)).toEqual(report);
    expect((await faultOf(readBack(testJob({ tries: { pin: 4, puk: 7 } }), card))).detail.note).toBe('the tries of PIN and PUK');
  });

  it.each([3, 12, 20, 21, 22, 23, 24, 25, 26, 28])('sets the tries also on a card that was pulled at exchange %i', async (at) => {
    const { card } = newCard();
    const job = testJob({ tries: { pin: 5, puk: 7 } });
    const cut = encodePiv(job, layered(new ChipChannel(card.face('contact'), { at, when: 'after' })), partsWith(new IntentRecord()), limit);
    expect((await faultOf(cut)).code).toBe('LNK-CARD-GONE');
    await encode(job, card);
    expect((card.snapshot().memory as PivMemory).pin.maximumTries).toBe(5);
  });

  it('refuses a card that cannot set them', async () => {
    const { card } = newCard({ ...standardBlank, extensions: standardBlank.extensions.filter((instruction) => instruction !== 0xfa) });
    expect((await faultOf(encode(testJob({ tries: { pin: 5, puk: 5 } }), card))).code).toBe('ENC-WRONG-BLANK');
  });

  it('tells the journal each lasting act before and after it, the certificates last', async () => {
    const intents = new IntentRecord();
    await encode(testJob(), newCard().card, intents);
    const whole = (...acts: readonly string[]): string[] => acts.flatMap((act) => [`+ ${act}`, `= ${act}`]);
    expect(intents.lines).toEqual([
      ...whole('tag', 'CHUID', 'management key', 'CCC', 'PUK', 'PIN', 'generate 9A'),
      '+ issue 9A', ...whole('certificate 9A'), '= issue 9A', ...whole('write 9A'),
      ...whole('generate 9E'),
      '+ issue 9E', ...whole('certificate 9E'), '= issue 9E', ...whole('write 9E'),
    ]);
    const permanent = intents.achievedIntents.filter(({ effect }) => effect === 'permanent');
    expect(permanent.map(({ act }) => act)).toEqual(['issue 9A', 'issue 9E']);
    expect(permanent.map(({ data }) => data?.['serial'])).toEqual(authority.issued.slice(-2).map((der) => new X509Certificate(der).serialNumber));
  });

  it('takes the tag away when the profile says so, and still knows the card', async () => {
    const { card } = newCard();
    const job = testJob({ keepTag: false });
    const report = await encode(job, card);
    expect((await identifyPiv(new ChipChannel(card.face('contact')), limit)).tag).toBeNull();
    const before = authority.issued.length;
    expect(await encode(job, card)).toEqual(report);
    expect(authority.issued.length).toBe(before);
  });

  it('does nothing twice on a finished card', async () => {
    const { card, saved } = newCard();
    const report = await encode(testJob(), card);
    const [issued, before] = [authority.issued.length, saved.at(-1)];
    const intents = new IntentRecord();
    expect(await encode(testJob(), card, intents)).toEqual(report);
    expect(authority.issued.length).toBe(issued);
    expect(card.snapshot()).toEqual(before);
    expect(intents.lines.filter((line) => line.startsWith('+ generate') || line.startsWith('+ issue'))).toEqual([]);
  });

  it.each<[string, Partial<PivJob>, FaultCode]>([
    ['another attempt', { tag: { container: '5FFF10', orderId: 'ORDER-1', attempt: 2 }, guid: '00112233445566778899AABBCCDDEEFF', slots: otherSlots() }, 'ENC-UID-USED'],
    ['a card without tags', { tag: null, guid: '00112233445566778899AABBCCDDEEFF', slots: otherSlots() }, 'ENC-UID-USED'],
  ])('refuses a card that was issued to %s', async (_name, changes, code) => {
    const { card } = newCard();
    await encode(testJob(), card);
    const before = card.snapshot();
    expect((await faultOf(encode(testJob(changes), card))).code).toBe(code);
    expect(card.snapshot()).toEqual(before);
  });

  it('refuses a card of ours whose management key is neither the planned nor the factory one', async () => {
    const { card } = newCard();
    await encode(testJob(), card);
    const parts = { ...partsWith(new IntentRecord()), keys: new ProcessCustody('another token') };
    const fault = await faultOf(encodePiv(testJob(), layered(new ChipChannel(card.face('contact'))), parts, limit));
    expect(fault.code).toBe('ENC-PARTIAL');
  });

  it('refuses a chip without the command that replaces the management key', async () => {
    expect((await faultOf(encode(testJob(), newCard(plainStandard).card))).code).toBe('ENC-WRONG-BLANK');
  });

  it('refuses a key that the card cannot make', async () => {
    const { card } = newCard({ ...standardBlank, keyAlgorithms: ['P-256'] });
    const [first] = testJob().slots;
    if (first === undefined) throw new Error('the test job has slots');
    expect((await faultOf(encode(testJob({ slots: [{ ...first, algorithm: 'RSA-2048' }] }), card))).code).toBe('ENC-KEYGEN');
  });

  it.each<[string, Partial<PivJob>]>([
    ['an expiry that is no day', { expiry: 'next year' }],
    ['a GUID that is too short', { guid: 'AABB' }],
    ['a certificate for another card', { guid: '00112233445566778899AABBCCDDEEFF' }],
    ['no slot', { slots: [] }],
  ])('refuses a job before the card is touched: %s', async (_name, changes) => {
    const channel = new ChipChannel(newCard().card.face('contact'));
    expect((await faultOf(encodePiv(testJob(changes), layered(channel), partsWith(new IntentRecord()), limit))).code).toBe('ENC-PROFILE-INVALID');
    expect(channel.count).toBe(0);
  });
});

describe('the policies of a certificate', () => {
  const level2 = '1.3.6.1.4.1.32473.6.2';
  const level3 = '1.3.6.1.4.1.32473.6.3';
  const job = testJob({ slots: testJob().slots.map((slot) => ({ ...slot, policies: [level2] })) });

  it('are asked for, issued, and hold at the end', async () => {
    const { card } = newCard();
    const report = await encode(job, card);
    expect(await readBack(job, card)).toEqual(report);
    for (const der of authority.issued.slice(-2)) expect(new X509CertificateReader(der).getExtension(CertificatePolicyExtension)?.policies).toEqual([level2]);
    const higher = testJob({ slots: testJob().slots.map((slot) => ({ ...slot, policies: [level3] })) });
    expect((await faultOf(readBack(higher, card))).detail.note).toMatch(/certificate 9E carries other policies/);
  });

  it.each<[string, readonly string[]]>([['none', []], ['another', [level3]], ['one too many', [level2, level3]], ['any', ['2.5.29.32.0']]])('refuse a certificate with %s before it is written; the card goes on when the authority does right', async (_name, policies) => {
    const ca = await openSmallAuthority();
    ca.misconduct = { policies };
    const { card } = newCard();
    const intents = new IntentRecord();
    const fault = await faultOf(encode(job, card, intents, ca));
    expect([fault.code, fault.detail.note]).toEqual(['CA-POLICY', `9A: not exactly the policies ${level2}`]);
    expect(JSON.stringify(card.snapshot())).not.toContain('5FC105');
    expect(intents.hasOpenPermanent).toBe(false);
    expect(intents.achievedIntents.find(({ act }) => act === 'issue 9A')?.data).toMatchObject({ issued: 'unwritten', serial: new X509Certificate(ca.issued[0] ?? new Uint8Array()).serialNumber });
    ca.misconduct = {};
    expect((await encode(job, card, intents, ca)).certificates).toHaveLength(2);
  });

  it('are the authority\'s where the profile names none', async () => {
    const ca = await openSmallAuthority();
    ca.misconduct = { policies: [level3] };
    expect((await encode(testJob(), newCard().card, new IntentRecord(), ca)).certificates).toHaveLength(2);
  });
});

describe('a certificate that does not belong on the card', () => {
  const misdeeds: readonly (readonly [string, () => Promise<Misconduct>])[] = [
    ['another subject', async () => ({ subject: 'CN=Somebody Else' })],
    ['another key', async () => ({ publicKey: (await newKeys()).publicKey })],
    ['a longer life than the card', async () => ({ notAfter: new Date('2030-01-01T00:00:00Z') })],
    ['an end before today', async () => ({ notAfter: new Date('2026-02-01T00:00:00Z') })],
    ['no card in it', async () => ({ dropAlternativeName: true })],
    ['the wrong signer', async () => ({ signer: 'root' })],
    ['another use', async () => ({ keyUsage: KeyUsageFlags.keyEncipherment })],
  ];

  it.each(misdeeds)('is refused before it is written: %s', async (_name, misdeed) => {
    const ca = await openSmallAuthority();
    ca.misconduct = await misdeed();
    const { card } = newCard();
    const intents = new IntentRecord();
    expect((await faultOf(encode(testJob(), card, intents, ca))).code).toBe('ENC-CERT-MISMATCH');
    expect(JSON.stringify(card.snapshot())).not.toContain('5FC105');
    expect(intents.hasOpenPermanent).toBe(true);
    const recorded = intents.achievedIntents.find(({ act }) => act === 'certificate 9A');
    expect(recorded?.data?.['serial']).toBe(new X509Certificate(ca.issued[0] ?? new Uint8Array()).serialNumber);
  });

  it.each<[string, StationFault, string]>([
    ['refused', new StationFault('CA-REFUSED'), 'none'],
    ['never sent', new StationFault('ENC-CA-UNAVAILABLE', { data: { sent: false } }), 'none'],
    ['sent and not answered', new StationFault('ENC-CA-UNAVAILABLE', { data: { sent: true } }), 'unknown'],
    ['answered unreadably', new StationFault('CA-PROTOCOL'), 'unknown'],
    ['answered by somebody else', new StationFault('CA-UNTRUSTED'), 'unknown'],
  ])('says what may live of an issue that the authority failed, and the card goes on with a new key: %s', async (_name, fault, issued) => {
    const ca = await openSmallAuthority();
    ca.misconduct = { fault };
    const { card } = newCard();
    const intents = new IntentRecord();
    expect(await faultOf(encode(testJob(), card, intents, ca))).toBe(fault);
    expect(intents.hasOpenPermanent).toBe(false);
    const ended = intents.achievedIntents.find(({ act }) => act === 'issue 9A');
    expect(ended?.data?.['issued']).toBe(issued);
    ca.misconduct = {};
    const report = await encode(testJob(), card, intents, ca);
    expect(report.certificates).toHaveLength(2);
    expect(ca.issued).toHaveLength(2);
    expect(intents.achievedIntents.findLast(({ act }) => act === 'issue 9A')?.data).toMatchObject({ issued: 'kept', serial: report.certificates[0]?.serial });
    expect(intents.achievedIntents.findLast(({ act }) => act === 'issue 9A')?.data?.['key']).not.toBe(ended?.data?.['key']);
  });
});

function otherSlots(): PivJob['slots'] {
  return testJob().slots.map((slot) => ({ ...slot, sanUri: 'urn:uuid:00112233-4455-6677-8899-aabbccddeeff' }));
}
