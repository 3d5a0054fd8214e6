import { createPublicKey, verify } from 'node:crypto';
import pkcs11js from 'pkcs11js';
import { expect, it } from 'vitest';
import { openSigningKey } from '../../../../drivers/keys/signing-key.ts';
import { createSimulatedToken } from '../../../../drivers/keys/softhsm-token.ts';
import { findObjects, openTokenSession } from '../../../../drivers/keys/token-session.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const signerKey = { label: 'content-signer', version: 1 };

it('makes a P-256 pair inside the token once, signs with it, and never gives the private half', async () => {
  await using folder = await temporaryFolder('signing-key');
  const token = await createSimulatedToken({ dir: folder.path, keys: [{ label: 'station-seal', use: 'seal', versions: [1] }] });
  await expect(openSigningKey(token, signerKey, false)).rejects.toThrow('KEY-UNAVAILABLE');
  await using made = await openSigningKey(token, signerKey, true);
  await using again = await openSigningKey(token, signerKey, true);
  expect(again.spki).toEqual(made.spki);
  const key = createPublicKey({ key: Buffer.from(made.spki), format: 'der', type: 'spki' });
  expect(key.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  for (let index = 0; index < 300; index += 1) {
    const message = Buffer.from(`message ${index}`);
    const signature = await again.sign(message);
    expect(verify('sha256', message, key, signature)).toBe(true);
    expect(verify('sha256', Buffer.from('another'), key, signature)).toBe(false);
  }
  await using session = await openTokenSession(token.modulePath, token.tokenLabel, token.pin);
  const [handle] = findObjects(session.api, session.handle, [{ type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PRIVATE_KEY }]);
  if (handle === undefined) throw new Error('no private key in the token');
  expect(() => session.api.C_GetAttributeValue(session.handle, handle, [{ type: pkcs11js.CKA_VALUE }])).toThrow('CKR_ATTRIBUTE_SENSITIVE');
  token.pin.wipe();
});
