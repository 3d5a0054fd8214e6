import type { KeyReference } from '../drivers/contracts/keys.ts';
import type { TokenPlace } from '../drivers/keys/key-administration.ts';
import { openSigningKey } from '../drivers/keys/signing-key.ts';
import type { ApprovalKey } from './compose-profiles.ts';

/** Lends the approver's key, which stays in its token, to `work`. The caller keeps and wipes the PIN. Throws `KEY-UNAVAILABLE`, `KEY-TOKEN`. */
export async function withApprovalKey<T>(place: TokenPlace, reference: KeyReference, work: (key: ApprovalKey) => Promise<T>): Promise<T> {
  await using key = await openSigningKey(place, reference, false);
  return await work(key);
}

/** An approver as the file of approvers lists one. The key pair is made in the token where it is not there. Throws as `withApprovalKey`. */
export async function approverEntry(place: TokenPlace, reference: KeyReference, name: string): Promise<{ readonly name: string; readonly publicKey: string }> {
  await using key = await openSigningKey(place, reference, true);
  return { name, publicKey: Buffer.from(key.spki).toString('base64') };
}
