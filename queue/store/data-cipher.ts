import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { Secret } from '../../drivers/contracts/secret.ts';
import { StationFault } from '../../drivers/contracts/fault.ts';

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Encryption of personal data at rest: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce and the record's name
 * as additional data, so that a body cannot be moved to another record. Two keys are derived from the data key
 * (HKDF-SHA-256, RFC 5869): one for content, one for the digests by which personal values are looked up.
 */
export class DataCipher implements Disposable {
  readonly #content: Secret;
  readonly #lookup: Secret;

  private constructor(content: Secret, lookup: Secret) {
    this.#content = content;
    this.#lookup = lookup;
  }

  /** Takes a data key of 32 bytes, which stays the caller's. Throws `STO-KEY` for another length. */
  static from(dataKey: Secret): DataCipher {
    if (dataKey.length !== keyBytes) throw new StationFault('STO-KEY', { note: `a data key has ${keyBytes} bytes` });
    return new DataCipher(derive(dataKey, 'kortverk store content'), derive(dataKey, 'kortverk store lookup'));
  }

  /** Nonce, ciphertext, tag. `name` must be given again to open it. */
  seal(name: string, plain: Uint8Array): Buffer {
    const nonce = randomBytes(nonceBytes);
    return this.#content.use((key) => {
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    });
  }

  /** Throws `STO-BROKEN` when the body was changed, cut, or sealed under another name or key. */
  open(name: string, sealed: Uint8Array): Buffer {
    const body = Buffer.from(sealed);
    try {
      return this.#content.use((key) => {
        const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, nonceBytes), { authTagLength: tagBytes }).setAAD(Buffer.from(name));
        decipher.setAuthTag(body.subarray(body.length - tagBytes));
        return Buffer.concat([decipher.update(body.subarray(nonceBytes, body.length - tagBytes)), decipher.final()]);
      });
    } catch (error) {
      throw new StationFault('STO-BROKEN', { note: `${name.split(' ')[0] ?? ''} cannot be decrypted` }, error);
    }
  }

  /** Digest of a personal value, the same every time, useless without the key. */
  lookup(value: string): Buffer {
    return this.#lookup.use((key) => createHmac('sha256', key).update(value).digest());
  }

  [Symbol.dispose](): void {
    this.#content.wipe();
    this.#lookup.wipe();
  }
}

function derive(dataKey: Secret, purpose: string): Secret {
  return dataKey.use((bytes) => Secret.take(new Uint8Array(hkdfSync('sha256', bytes, new Uint8Array(), purpose, keyBytes))));
}
