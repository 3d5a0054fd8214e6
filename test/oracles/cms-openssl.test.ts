import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSignedBy, readSignedData } from '../../drivers/codec/cms-signed-data.ts';
import { decodeChuid, signedChuidBytes } from '../../drivers/codec/piv-chuid.ts';
import { decodeFacialImageObject } from '../../drivers/codec/piv-facial-image.ts';
import { decodeLdsSecurityObject, decodeSecurityObject } from '../../drivers/codec/piv-security-object.ts';
import type { ContentSigner } from '../../drivers/contracts/content-signer.ts';
import { plannedSignedChuid, plannedSignedObjects } from '../../drivers/piv/planned-objects.ts';
import { fullJob } from '../support/piv/card-bench.ts';
import { openSmallAuthority } from '../support/piv/small-authority.ts';
import { openssl } from '../support/openssl-request.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

/** OpenSSL as the judge of the signed objects, and the other way round. */
describe('OpenSSL', () => {
  let folder: TemporaryFolder;
  let signer: ContentSigner;
  let objects: ReadonlyMap<string, Uint8Array>;
  const file = (name: string): string => join(folder.path, name);

  beforeAll(async () => {
    folder = await temporaryFolder('cms');
    const authority = await openSmallAuthority();
    signer = await authority.contentSigner();
    const [issuing, root] = await authority.chain();
    await writeFile(file('chain.pem'), [issuing, root].map((der) => new X509Certificate(der ?? '').toString()).join(''));
    await writeFile(file('signer.pem'), new X509Certificate(signer.certificate).toString());
    const job = fullJob(await sharp({ create: { width: 240, height: 320, channels: 3, background: '#8899aa' } }).jpeg().toBuffer());
    const made = [plannedSignedChuid(job), ...plannedSignedObjects(job)].map(async (object) => [object.id, await object.make(signer)] as const);
    objects = new Map(await Promise.all(made));
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  /** What OpenSSL gives out as the verified content. */
  async function verified(signature: Uint8Array, ...further: readonly string[]): Promise<Buffer> {
    await writeFile(file('object.cms'), signature);
    return openssl(['cms', '-verify', '-inform', 'DER', '-in', file('object.cms'), '-CAfile', file('chain.pem'), '-purpose', 'any', '-binary', ...further]);
  }

  it('verifies the CHUID with the certificate that it carries', async () => {
    const chuid = decodeChuid(objects.get('5FC102') ?? new Uint8Array());
    if (chuid === null) throw new Error('no CHUID');
    await writeFile(file('chuid.bin'), signedChuidBytes(chuid));
    expect(await verified(chuid.issuerSignature, '-content', file('chuid.bin'))).toEqual(Buffer.from(signedChuidBytes(chuid)));
    const printed = openssl(['cms', '-cmsout', '-print', '-inform', 'DER', '-in', file('object.cms')]).toString();
    expect(printed).toContain('2.16.840.1.101.3.6.1');
    expect(printed).toContain('2.16.840.1.101.3.6.5');
    await writeFile(file('chuid.bin'), Buffer.from(signedChuidBytes(chuid)).fill(1, 30, 31));
    await expect(verified(chuid.issuerSignature, '-content', file('chuid.bin'))).rejects.toThrow(/verif/i);
  });

  it('verifies the security object with the certificate of the CHUID, and the hashes in it', async () => {
    const object = decodeSecurityObject(objects.get('5FC106') ?? new Uint8Array());
    if (object === null) throw new Error('no security object');
    const content = await verified(object.signedData, '-certfile', file('signer.pem'));
    expect([...object.mapping]).toEqual([[1, 0xdb00], [2, 0x6060], [3, 0x3001]]);
    expect(decodeLdsSecurityObject(content)?.size).toBe(3);
    const parsed = openssl(['asn1parse', '-inform', 'DER'], content).toString();
    expect(parsed).toContain('sha256');
  });

  it('verifies the portrait', async () => {
    const face = decodeFacialImageObject(objects.get('5FC108') ?? new Uint8Array());
    if (face === null) throw new Error('no portrait');
    await writeFile(file('face.bin'), face.signed);
    expect(await verified(face.signature, '-content', file('face.bin'), '-certfile', file('signer.pem'))).toEqual(Buffer.from(face.signed));
    const header = Buffer.from(face.signed.subarray(0, 88));
    expect(header.subarray(0, 2).toString('hex')).toBe('030d');
    expect(header.subarray(8, 12).toString('hex')).toBe('001b0501');
    expect(header.subarray(12, 20).toString('hex')).toBe('141a0b160000005a');
    const picture = await sharp(Buffer.from(face.record.subarray(46))).metadata();
    expect([picture.format, picture.width, picture.height]).toEqual(['jpeg', 240, 320]);
    expect(Buffer.from(face.record).readUInt32BE(8)).toBe(face.record.length);
  });

  it('signs messages that we can read, and refuse when they are not what was signed', async () => {
    openssl(['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('k.pem'), '-out', file('c.pem'), '-subj', '/C=SE/CN=Other', '-days', '30']);
    const content = Buffer.from('content of another maker');
    await writeFile(file('content.bin'), content);
    const der = openssl(['cms', '-sign', '-binary', '-md', 'sha256', '-in', file('content.bin'), '-signer', file('c.pem'), '-inkey', file('k.pem'), '-outform', 'DER']);
    const message = readSignedData(der);
    if (message?.certificate === null || message?.certificate === undefined) throw new Error('not read');
    expect(isSignedBy(message, message.certificate, content)).toBe(true);
    expect(isSignedBy(message, message.certificate, Buffer.from('another content'))).toBe(false);
    expect(isSignedBy(message, signer.certificate, content)).toBe(false);
    expect(readSignedData(der.subarray(0, der.length - 3))).toBeNull();
  });
});
