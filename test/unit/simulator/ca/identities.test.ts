import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openIdentities, randomSerial } from '../../../../simulator/ca/identities.ts';

describe('the identities of the authority', () => {
  let parent: string;
  let folder: string;
  beforeEach(() => { parent = mkdtempSync(join(tmpdir(), 'kortverk-identities-')); folder = join(parent, 'ca', 'identities'); });
  afterEach(() => { rmSync(parent, { recursive: true }); });

  const certificate = (name: string): X509Certificate => new X509Certificate(readFileSync(join(folder, name)));

  it('are made once and stay', async () => {
    const first = await openIdentities(folder);
    const second = await openIdentities(folder);
    expect(second.root.serialNumber).toBe(first.root.serialNumber);
    expect(second.station.serialNumber).toBe(first.station.serialNumber);
    expect(readdirSync(join(parent, 'ca'))).toEqual(['identities']);
  });

  it('form a chain that Node verifies', async () => {
    await openIdentities(folder);
    const [root, issuing, server, station] = ['root.pem', 'issuing.pem', 'server.pem', 'station.pem'].map(certificate);
    expect(issuing?.verify(root?.publicKey ?? expect.fail())).toBe(true);
    expect(root?.ca === true && issuing?.ca === true).toBe(true);
    for (const leaf of [server, station]) {
      expect(leaf?.verify(issuing?.publicKey ?? expect.fail())).toBe(true);
      expect(leaf?.ca).toBe(false);
    }
    expect(server?.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(server?.checkHost('localhost')).toBe('localhost');
  });

  it('keep their keys to their owner', async () => {
    await openIdentities(folder);
    const keys = readdirSync(folder).filter((name) => name.endsWith('-key.pem'));
    expect(keys).toHaveLength(4);
    for (const name of keys) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  it('are the same for two that start at once', async () => {
    const [one, other] = await Promise.all([openIdentities(folder), openIdentities(folder)]);
    expect(one.root.serialNumber).toBe(other.root.serialNumber);
    expect(readdirSync(join(parent, 'ca'))).toEqual(['identities']);
  });
});

describe('serial numbers', () => {
  it('are positive, 16 bytes, and never the same', () => {
    const serials = Array.from({ length: 200 }, randomSerial);
    expect(new Set(serials).size).toBe(200);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9a-f]{31}$/);
  });
});
