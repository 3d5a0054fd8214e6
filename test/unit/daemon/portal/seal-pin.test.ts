import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactDecrypt, exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPinSealer } from '../../../../daemon/portal/seal-pin.ts';
import { Secret } from '../../../../drivers/contracts/secret.ts';

describe('a PIN on its way to the portal', () => {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kv-pin-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  async function keyFile(change: Record<string, unknown> = {}): Promise<{ readonly file: string; readonly privateKey: CryptoKey }> {
    const { publicKey, privateKey } = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256', extractable: true });
    const file = join(dir, `${crypto.randomUUID()}.jwk`);
    await writeFile(file, JSON.stringify({ ...(await exportJWK(publicKey)), ...change }));
    return { file, privateKey };
  }

  test('is opened by the portal alone, with the card number beside it', async () => {
    const { file, privateKey } = await keyFile({ kid: 'portal-7' });
    const sealer = await openPinSealer(file);
    using pin = Secret.take(Buffer.from('193746'));
    const sealed = await sealer.seal(pin, 'BB-2611-000123');
    expect(sealed).not.toContain('193746');
    const opened = await compactDecrypt(sealed, privateKey);
    expect(JSON.parse(Buffer.from(opened.plaintext).toString())).toEqual({ cardNumber: 'BB-2611-000123', pin: '193746' });
    expect(opened.protectedHeader).toMatchObject({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: 'portal-7' });
    const { privateKey: stranger } = await keyFile();
    await expect(compactDecrypt(sealed, stranger)).rejects.toThrow();
  });

  test('refuses a file that is no public key: broken, private, or of another kind', async () => {
    const broken = join(dir, 'broken.jwk');
    await writeFile(broken, '{');
    await expect(openPinSealer(broken)).rejects.toThrow(/CFG-INVALID/);
    const { file } = await keyFile({ d: 'AAAA' });
    await expect(openPinSealer(file)).rejects.toThrow(/CFG-INVALID/);
    await expect(openPinSealer(join(dir, 'missing.jwk'))).rejects.toThrow(/CFG-INVALID/);
  });
});
