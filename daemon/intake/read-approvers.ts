import { createPublicKey, type KeyObject } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Approver } from '../../queue/profile/approval.ts';
import { invalidSetting, readJsonSetting } from '../files/json-setting.ts';

const MAX_FILE_BYTES = 256 * 1024;

/** The file of a site's approvers. A person may have several keys: an older approval stays good when a key is rolled. */
const approversSchema = z.strictObject({
  approvers: z.array(z.strictObject({
    name: z.string().min(1).max(80),
    /** SubjectPublicKeyInfo, base64 of DER: P-256 or Ed25519. */
    publicKey: z.base64().max(400),
  })).max(200),
});

/** Where the approvers are listed when nothing says otherwise: beside the folder of the profiles. */
export function approversBeside(profilesDir: string): string {
  return join(dirname(resolve(profilesDir)), 'approvers.json');
}

/** Reads whose approvals count. Throws `CFG-INVALID` naming the file for anything but a list of names and keys. */
export async function readApprovers(file: string): Promise<readonly Approver[]> {
  const parsed = approversSchema.safeParse(await readJsonSetting(file, MAX_FILE_BYTES));
  if (!parsed.success) throw invalidSetting(file, z.prettifyError(parsed.error));
  return parsed.data.approvers.map(({ name, publicKey }) => ({ name, publicKey: keyOf(publicKey, name, file) }));
}

function keyOf(base64: string, name: string, file: string): KeyObject {
  const key = readKey(base64);
  const isUsable = key !== null && (key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyDetails?.namedCurve === 'prime256v1');
  if (!isUsable) throw invalidSetting(file, `the key of ${name} is neither P-256 nor Ed25519`);
  return key;
}

function readKey(base64: string): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
  } catch {
    // The caller says whose key it is.
    return null;
  }
}
