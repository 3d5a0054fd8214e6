import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sealedChainFile, trustOf } from '../../../daemon/compose-kept-chain.ts';
import type { AuthorityConfig } from '../../../daemon/config/authority-config.ts';
import { Secret } from '../../../drivers/contracts/secret.ts';
import { DataCipher } from '../../../queue/store/data-cipher.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const chain = [Uint8Array.of(0x30, 1, 2), Uint8Array.of(0x30, 3)];
const cipherOf = (byte: number): DataCipher => DataCipher.from(Secret.take(new Uint8Array(32).fill(byte)));

it('keeps a chain in a file of its owner; what is damaged, of another anchor or of another station reads as none', async () => {
  await using folder = await temporaryFolder('kept-chain');
  const file = join(folder.path, 'authority-chain');
  using cipher = cipherOf(1);
  using foreign = cipherOf(2);
  const shelf = sealedChainFile(file, 'anchor', cipher);
  expect(await shelf.read()).toBeNull();
  await shelf.write([]);
  await shelf.write(chain);
  expect(await shelf.read()).toEqual(chain);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder.path)).toEqual(['authority-chain']);
  expect(await sealedChainFile(file, 'other anchor', cipher).read()).toBeNull();
  expect(await sealedChainFile(file, 'anchor', foreign).read()).toBeNull();

  const whole = await readFile(file);
  const changed = Buffer.from(whole);
  changed[20] = (changed[20] ?? 0) ^ 1;
  for (const damaged of [changed, whole.subarray(0, -1), Buffer.alloc(0), Buffer.alloc(300_000)]) {
    await writeFile(file, damaged);
    expect(await shelf.read()).toBeNull();
  }
  await shelf.write(chain);
  expect(await shelf.read()).toEqual(chain);
});

it('says when the file cannot be written', async () => {
  await using folder = await temporaryFolder('kept-chain');
  using cipher = cipherOf(1);
  const file = join(folder.path, 'a-folder');
  await mkdir(file);
  await expect(sealedChainFile(file, 'anchor', cipher).write(chain)).rejects.toMatchObject({ code: 'STO-WRITE' });
});

it('tells anchors apart by address, pinned certificates and the shared secret, and not by the key that the station shows', async () => {
  await using folder = await temporaryFolder('trust');
  const at = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder.path, name), text);
    return join(folder.path, name);
  };
  const root = await at('root.pem', 'a root');
  const est: AuthorityConfig = { protocol: 'est', url: 'https://ca.test', rootFile: root, clientCertificateFile: 'none', clientKeyFile: 'none' };
  const cmp = (reference: string): AuthorityConfig => ({ protocol: 'cmp', url: 'https://ca.test', rootFile: root, credential: { kind: 'secret', reference, secretFile: 'none' } });
  const all = [est, { ...est, url: 'https://other.test' }, { ...est, rootFile: await at('other.pem', 'another root') }, cmp('one'), cmp('two'), { ...cmp('one'), chainFile: root }, { ...cmp('one'), responderFile: root }];
  const trusts = await Promise.all(all.map(trustOf));
  expect(new Set(trusts).size).toBe(all.length);
  expect(await trustOf({ ...est, clientKeyFile: 'another' })).toBe(trusts[0]);
  await at('root.pem', 'a renewed root');
  expect(await trustOf(est)).not.toBe(trusts[0]);
});
