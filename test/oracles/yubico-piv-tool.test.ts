import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePiv } from '../../drivers/piv/encoder.ts';
import type { PivReport } from '../../drivers/piv/job.ts';
import { pivAppletLike, standardBlank } from '../../simulator/card/piv/abilities.ts';
import type { PivMemory } from '../../simulator/card/piv/memory.ts';
import { ChipChannel, IntentRecord, layered, limit, newCard, ProcessCustody, testClock, testJob, testPin } from '../support/piv/card-bench.ts';
import { openCardInPcscd, type CardInPcscd, type ProgramResult } from '../support/piv/card-in-pcscd.ts';
import { openSmallAuthority } from '../support/piv/small-authority.ts';

const otherKey = '0102030405060708010203040506070801020304050607FE';

function tool(bench: CardInPcscd, ...args: readonly string[]): Promise<ProgramResult> {
  return bench.run('yubico-piv-tool', ['-r', 'Kortverk', ...args]);
}

/** A certificate for a public key that the tool wrote, signed by a throw-away key: the tool of Debian 12 cannot sign one itself. */
async function certify(bench: CardInPcscd, publicKey: string, certificate: string): Promise<void> {
  const key = await bench.run('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'throw-away.pem']);
  const made = await bench.run('openssl', ['x509', '-new', '-force_pubkey', publicKey, '-subj', '/CN=Test/O=Example', '-days', '30', '-key', 'throw-away.pem', '-out', certificate]);
  expect([key.code, made.code, made.stderr]).toEqual([0, 0, '']);
}

describe('yubico-piv-tool on a simulated card', () => {
  let bench: CardInPcscd;
  const { card } = newCard(pivAppletLike);
  const memory = (): PivMemory => card.snapshot().memory as PivMemory;

  beforeAll(async () => {
    bench = await openCardInPcscd(card.face('contact'));
  });
  afterAll(async () => bench[Symbol.asyncDispose]());

  it('tells the status of a blank card', async () => {
    const { code, stdout } = await tool(bench, '-a', 'status');
    expect(code).toBe(0);
    expect(stdout).toMatch(/Version:\t5\.4\.0[\s\S]*Serial Number:\t12648430[\s\S]*PIN tries left:\t5/);
  });

  it('writes CHUID and CCC under the default management key, and replaces that key', async () => {
    expect((await tool(bench, '-a', 'set-chuid', '-a', 'set-ccc')).code).toBe(0);
    expect(memory().objects['5FC102']).toMatch(/^3019D4E739DA739CED39CE739D836858210842108421C84210C3EB3410/);
    expect(memory().objects['5FC107']).toMatch(/^F015A000000116FF02/);
    expect((await tool(bench, '-a', 'set-mgm-key', '-n', otherKey)).code).toBe(0);
    expect(memory().management.key).toBe(otherKey);
    expect((await tool(bench, '-a', 'set-chuid')).code).toBe(1);
  });

  it.each([
    ['9a', 'ECCP256', 'P-256'],
    ['9c', 'RSA2048', 'RSA-2048'],
    ['9d', 'ECCP384', 'P-384'],
    ['9e', 'ECCP256', 'P-256'],
  ])('makes a key in %s: %s', async (slot, algorithm, stored) => {
    const { code } = await tool(bench, `-k${otherKey}`, '-a', 'generate', '-s', slot, '-A', algorithm, '-o', `${slot}-public.pem`);
    expect(code).toBe(0);
    expect(memory().keys[slot.toUpperCase()]?.algorithm).toBe(stored);
    expect((await bench.run('openssl', ['pkey', '-pubin', '-in', `${slot}-public.pem`, '-noout', '-text'])).code).toBe(0);
  });

  it('imports certificates, long enough to be chained, and signs with their keys after the PIN', async () => {
    for (const slot of ['9a', '9c']) {
      await certify(bench, `${slot}-public.pem`, `${slot}.pem`);
      expect((await tool(bench, `-k${otherKey}`, '-a', 'import-certificate', '-s', slot, '-i', `${slot}.pem`)).code).toBe(0);
      const signed = await tool(bench, '-a', 'verify-pin', '-P', '123456', '-a', 'test-signature', '-s', slot, '-i', `${slot}.pem`);
      expect(signed.stderr).toContain('Successful');
      expect(signed.code).toBe(0);
    }
    const agreed = await tool(bench, '-a', 'verify-pin', '-P', '123456', '-a', 'read-certificate', '-s', '9a');
    expect(agreed.stdout).toContain('BEGIN CERTIFICATE');
  });

  it('refuses to sign with 9A without the PIN, and signs with 9E without it', async () => {
    await certify(bench, '9e-public.pem', '9e.pem');
    expect((await tool(bench, '-a', 'test-signature', '-s', '9a', '-i', '9a.pem')).code).toBe(1);
    expect((await tool(bench, '-a', 'test-signature', '-s', '9e', '-i', '9e.pem')).code).toBe(0);
  });

  it('agrees on a key with 9D', async () => {
    await certify(bench, '9d-public.pem', '9d.pem');
    const { code, stderr } = await tool(bench, '-a', 'verify-pin', '-P', '123456', '-a', 'test-decipher', '-s', '9d', '-i', '9d.pem');
    expect([code, stderr]).toEqual([0, expect.stringContaining('Successfully')]);
  });

  it('imports private keys made elsewhere', async () => {
    await bench.run('openssl', ['genrsa', '-out', 'rsa.pem', '2048']);
    await bench.run('openssl', ['ecparam', '-name', 'secp384r1', '-genkey', '-noout', '-out', 'ec.pem']);
    for (const [slot, file, algorithm] of [['82', 'rsa.pem', 'RSA2048'], ['83', 'ec.pem', 'ECCP384']] as const) {
      expect((await tool(bench, `-k${otherKey}`, '-a', 'import-key', '-s', slot, '-A', algorithm, '-i', file)).code).toBe(0);
      await bench.run('openssl', ['pkey', '-in', file, '-pubout', '-out', `${slot}-public.pem`]);
      await certify(bench, `${slot}-public.pem`, `${slot}.pem`);
      const { code } = await tool(bench, '-a', 'verify-pin', '-P', '123456', '-a', 'test-signature', '-s', slot, '-i', `${slot}.pem`);
      expect(code).toBe(0);
    }
  });

  it('writes and reads an object of 1500 bytes behind the PIN', async () => {
    const content = Buffer.alloc(1500, 0x5a);
    await writeFile(join(bench.folder, 'object'), content);
    expect((await tool(bench, `-k${otherKey}`, '-a', 'write-object', '--id', '0x5fc108', '-f', 'binary', '-i', 'object')).code).toBe(0);
    expect((await tool(bench, '-a', 'read-object', '--id', '0x5fc108', '-f', 'hex')).code).toBe(1);
    const read = await tool(bench, '-a', 'verify-pin', '-P', '123456', '-a', 'read-object', '--id', '0x5fc108', '-f', 'hex');
    expect(read.stdout.replace(/\s/g, '')).toBe(content.toString('hex'));
  });

  it('counts tries, changes, unblocks and blocks PIN and PUK, and resets a blocked card', async () => {
    const wrong = await tool(bench, '-a', 'verify-pin', '-P', '000000');
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('4 tries left')]);
    expect((await tool(bench, '-a', 'change-pin', '-P', '123456', '-N', '654321')).code).toBe(0);
    expect((await tool(bench, '-a', 'unblock-pin', '-P', '12345678', '-N', '123456')).code).toBe(0);
    expect((await tool(bench, '-a', 'unblock-pin', '-P', '00000000', '-N', '123456')).code).toBe(1);
    expect(memory().puk.triesLeft).toBe(2);
    expect((await tool(bench, '-a', 'reset')).code).toBe(1);
    for (let tries = 0; tries < 5; tries += 1) await tool(bench, '-a', 'verify-pin', '-P', '000000');
    for (let tries = 0; tries < 2; tries += 1) await tool(bench, '-a', 'unblock-pin', '-P', '00000000', '-N', '123456');
    expect([memory().pin.triesLeft, memory().puk.triesLeft]).toEqual([0, 0]);
    expect((await tool(bench, '-a', 'verify-pin', '-P', '123456')).code).toBe(1);
    expect((await tool(bench, '-a', 'reset')).code).toBe(0);
    expect(memory().keys).toEqual({});
    expect((await tool(bench, '-a', 'verify-pin', '-P', '123456')).code).toBe(0);
  });

  it('sets the numbers of tries, which puts PIN and PUK back', async () => {
    await tool(bench, '-a', 'change-pin', '-P', '123456', '-N', '654321');
    const { code } = await tool(bench, '-a', 'verify-pin', '-P', '654321', '-a', 'pin-retries', '--pin-retries', '7', '--puk-retries', '8');
    expect(code).toBe(0);
    expect(memory().pin).toEqual({ value: '313233343536FFFF', triesLeft: 7, maximumTries: 7, isFactory: true });
  });
});

describe('yubico-piv-tool on a finished card', () => {
  let bench: CardInPcscd;
  let report: PivReport;
  const { card } = newCard(standardBlank);

  beforeAll(async () => {
    const parts = { keys: new ProcessCustody(), ca: await openSmallAuthority(), intents: new IntentRecord(), clock: testClock, certificateTimeoutMs: 5000 };
    report = await encodePiv(testJob(), layered(new ChipChannel(card.face('contact'))), parts, limit);
    bench = await openCardInPcscd(card.face('contact'));
  });
  afterAll(async () => bench[Symbol.asyncDispose]());

  it('reads CHUID, CCC and both certificates as the read-back reported them', async () => {
    const { code, stdout } = await tool(bench, '-a', 'status');
    expect(code).toBe(0);
    expect(stdout).toContain(`3410${report.guid.toLowerCase()}3508${Buffer.from('20281130').toString('hex')}`);
    for (const { slot, sha256 } of report.certificates) {
      expect(stdout).toMatch(new RegExp(`Slot ${slot.toLowerCase()}:[\\s\\S]*Fingerprint:\\t${sha256}`));
    }
  });

  it('signs with both keys, with the planned PIN', async () => {
    for (const slot of ['9a', '9e']) {
      expect((await tool(bench, '-a', 'read-certificate', '-s', slot, '-o', `${slot}.pem`)).code).toBe(0);
      const { code } = await tool(bench, '-a', 'verify-pin', '-P', testPin, '-a', 'test-signature', '-s', slot, '-i', `${slot}.pem`);
      expect(code).toBe(0);
    }
  });

  it('is let in by none of the factory values', async () => {
    expect((await tool(bench, '-a', 'set-chuid')).code).toBe(1);
    expect((await tool(bench, '-a', 'verify-pin', '-P', '123456')).code).toBe(1);
    expect((await tool(bench, '-a', 'unblock-pin', '-P', '12345678', '-N', '123456')).code).toBe(1);
    expect((await tool(bench, '-a', 'verify-pin', '-P', testPin)).code).toBe(0);
  });
});
