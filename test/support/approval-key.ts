import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { ApprovalKey } from '../../daemon/compose-profiles.ts';
import { approvalMessage, type Approver } from '../../queue/profile/approval.ts';
import type { Release } from '../../queue/profile/profile-parts.ts';

/** An approver whose key lives in this process, as a token would lend it. */
export interface TestApprover extends ApprovalKey, Approver {
  /** The same release, signed. */
  signed(release: Release): Release;
}

/** Makes an approver with a new key. */
export function newApprover(name: string, kind: 'P-256' | 'Ed25519' = 'P-256'): TestApprover {
  const { publicKey, privateKey } = kind === 'P-256' ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' }) : generateKeyPairSync('ed25519');
  return approverWith(name, publicKey, privateKey);
}

function approverWith(name: string, publicKey: KeyObject, privateKey: KeyObject): TestApprover {
  const key = createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const signature = (message: Uint8Array): Buffer => sign(key.asymmetricKeyType === 'ec' ? 'sha256' : null, message, key);
  return {
    name, publicKey,
    spki: new Uint8Array(publicKey.export({ format: 'der', type: 'spki' })),
    sign: async (message) => new Uint8Array(signature(message)),
    signed(release) {
      const { signature: _, ...unsigned } = release;
      return { ...unsigned, signature: signature(approvalMessage(unsigned)).toString('base64') };
    },
  };
}

/** Writes the file of a site's approvers. */
export async function writeApprovers(file: string, approvers: readonly TestApprover[]): Promise<void> {
  const entries = approvers.map(({ name, spki }) => ({ name, publicKey: Buffer.from(spki).toString('base64') }));
  await writeFile(file, `${JSON.stringify({ approvers: entries }, null, 2)}\n`);
}
