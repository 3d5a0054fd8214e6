import 'reflect-metadata';
import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { publicKeyToSpki } from '../../../../drivers/codec/piv-key.ts';
import type { PivKeyAlgorithm } from '../../../../drivers/codec/piv-algorithms.ts';
import { checkCertificate, publicKeyOfCertificate, type CertificateExpectation } from '../../../../drivers/piv/certificate-check.ts';
import { endOfDay, finishRequest, requestInfo, signatureHolds } from '../../../../drivers/piv/certificate-request.ts';
import type { PivSlotPlan } from '../../../../drivers/piv/job.ts';
import { nameText, subjectName } from '../../../../drivers/piv/subject-name.ts';
import { generateKey, publicKeyOfStored, signWith } from '../../../../simulator/card/piv/card-key.ts';
import type { StoredKey } from '../../../../simulator/card/piv/memory.ts';
import { signatureInput } from '../../../../drivers/codec/piv-signature.ts';
import { testJob } from '../../../support/piv/card-bench.ts';
import { openSmallAuthority, type SmallAuthority } from '../../../support/piv/small-authority.ts';

const nothing = new Uint8Array();
const now = Date.parse('2026-11-22T10:00:00Z');
const expiry = '2028-11-30';
const key = generateKey('P-256', 'never');
const spki = spkiOf(key);
let authority: SmallAuthority;
let certificate: Uint8Array;
let expected: CertificateExpectation;

beforeAll(async () => {
  authority = await openSmallAuthority();
  const plan = planOf('9A', 'P-256');
  certificate = (await authority.enroll(requestFor(plan, key))).certificate;
  expected = { plan, expiry, spki, chain: await authority.chain(), now };
});

function planOf(slot: '9A' | '9E', algorithm: PivKeyAlgorithm): PivSlotPlan {
  const plan = testJob().slots.find((candidate) => candidate.slot === slot);
  if (plan === undefined) throw new Error('the test job has both slots');
  return { ...plan, algorithm };
}

function spkiOf(stored: StoredKey): Uint8Array {
  const publicKey = publicKeyOfStored(stored);
  return (publicKey === null ? null : publicKeyToSpki(publicKey)) ?? nothing;
}

function requestFor(plan: PivSlotPlan, stored: StoredKey): Uint8Array {
  const info = requestInfo(plan, spkiOf(stored), expiry);
  const signature = signWith(stored, signatureInput(info, plan.algorithm)) ?? nothing;
  expect(signatureHolds(info, plan.algorithm, spkiOf(stored), signature)).toBe(true);
  return finishRequest(info, plan.algorithm, signature);
}

describe('a request signed by a key of the card', () => {
  it.each<PivKeyAlgorithm>(['P-256', 'P-384', 'RSA-2048'])('verifies and says what was planned: %s', async (algorithm) => {
    const request = new Pkcs10CertificateRequest(requestFor(planOf('9E', algorithm), generateKey(algorithm, 'never')));
    expect(await request.verify()).toBe(true);
    expect(request.subject).toBe('C=SE, O=Åkerlunds Bygg AB, CN=Zoë Ångström, 2.5.4.5=BB-2611-000001');
    const wanted = request.extensions.map(({ type }) => type);
    expect(wanted).toEqual(['2.5.29.15', '2.5.29.37', '2.5.29.17', '2.5.29.16', '1.3.6.1.4.1.311.20.2']);
    const value = (oid: string): string => Buffer.from(request.extensions.find(({ type }) => type === oid)?.value ?? nothing.buffer).toString('hex');
    expect(value('2.5.29.37')).toBe('300a06086086480165030608');
    expect(value('2.5.29.16')).toBe(`3011810f${Buffer.from('20281130235959Z').toString('hex')}`);
    expect(value('1.3.6.1.4.1.311.20.2')).toBe(`1e26${Buffer.from('card-authentication', 'utf16le').swap16().toString('hex')}`);
  });
});

describe('a request for policies', () => {
  it('names them without qualifiers (RFC 5280, 4.2.1.4)', () => {
    const plan = { ...planOf('9A', 'P-256'), policies: ['1.3.6.1.4.1.32473.6.2', '1.3.6.1.4.1.32473.6.9'] };
    const value = new Pkcs10CertificateRequest(requestFor(plan, key)).extensions.find(({ type }) => type === '2.5.29.32')?.value ?? nothing.buffer;
    expect(Buffer.from(value).toString('hex')).toBe('301c300c060a2b0601040181fd590602300c060a2b0601040181fd590609');
  });
});

describe('checkCertificate', () => {
  it('finds nothing wrong with what was asked for', () => {
    expect(checkCertificate(certificate, expected)).toEqual([]);
    expect(createPublicKey(new X509Certificate(certificate).toString()).export({ format: 'der', type: 'spki' }).equals(publicKeyOfCertificate(certificate) ?? nothing)).toBe(true);
  });

  it.each<[string, (as: CertificateExpectation) => Partial<CertificateExpectation>, string]>([
    ['another key', () => ({ spki: spkiOf(generateKey('P-256', 'never')) }), 'is for another key'],
    ['a subject in another order', (as) => ({ plan: { ...as.plan, subject: [...as.plan.subject].reverse() } }), 'names another subject'],
    ['a subject with less in it', (as) => ({ plan: { ...as.plan, subject: as.plan.subject.slice(1) } }), 'names another subject'],
    ['another card', (as) => ({ plan: { ...as.plan, sanUri: 'urn:uuid:00112233-4455-6677-8899-aabbccddeeff' } }), 'names another card'],
    ['a policy that it does not carry', (as) => ({ plan: { ...as.plan, policies: ['1.3.6.1.4.1.32473.6.2'] } }), 'carries other policies'],
    ['no chain', () => ({ chain: [] }), 'is not of the chain'],
    ['the root alone', (as) => ({ chain: as.chain.slice(1) }), 'is not of the chain'],
    ['a chain without its root', (as) => ({ chain: as.chain.slice(0, 1) }), 'is not of the chain'],
    ['a chain with bytes that are no certificate', (as) => ({ chain: [...as.chain, Uint8Array.of(0x30, 0x00)] }), 'is not of the chain'],
    ['a day before it begins', () => ({ now: Date.parse('2025-12-31T00:00:00Z') }), 'is not valid now'],
    ['a day after it ends', () => ({ now: Date.parse('2028-01-02T00:00:00Z') }), 'is not valid now'],
    ['a card that ends first', () => ({ expiry: '2027-12-30' }), 'outlives the card'],
  ])('holds it against %s', (_name, change, problem) => {
    expect(checkCertificate(certificate, { ...expected, ...change(expected) })).toContain(problem);
  });

  it('takes the same URN in capitals', () => {
    expect(checkCertificate(certificate, { ...expected, plan: { ...expected.plan, sanUri: expected.plan.sanUri.toUpperCase() } })).toEqual([]);
  });

  it('refuses bytes that are no certificate, or more than one', () => {
    expect(checkCertificate(nothing, expected)).toEqual(['cannot be read']);
    expect(checkCertificate(Buffer.concat([certificate, Uint8Array.of(0)]), expected)).toEqual(['cannot be read']);
    expect(publicKeyOfCertificate(Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x01))).toBeNull();
  });

  it('refuses every turned bit of the signature', () => {
    const digest = createHash('sha256').update(certificate).digest();
    const forged = Uint8Array.from(certificate);
    const place = forged.length - 1 - ((digest[0] ?? 0) % 16);
    forged[place] = (forged[place] ?? 0) ^ 0x01;
    expect(checkCertificate(forged, expected)).toContain('is not of the chain');
  });
});

describe('nameText', () => {
  it('writes the last attribute first and escapes (RFC 4514)', () => {
    expect(nameText(subjectName([{ attribute: 'O', value: '#1 Bygg, El + Rör' }, { attribute: 'CN', value: ' "Å" ' }]))).toBe('CN=\\ \\"Å\\"\\ ,O=\\#1 Bygg\\, El \\+ Rör');
  });
});

describe('endOfDay', () => {
  it('is the last second, UTC', () => {
    expect(endOfDay('2028-02-29').toISOString()).toBe('2028-02-29T23:59:59.000Z');
  });
});
