import { createCipheriv, randomBytes } from 'node:crypto';
import { StationFault } from '../contracts/fault.ts';
import { Secret } from '../contracts/secret.ts';

const KEY_BYTES = 32;
/** AES keys that a maker may deliver: half-length ones too. */
const KEY_LENGTHS: ReadonlySet<number> = new Set([16, 24, 32]);
const CHECK_VALUE_BYTES = 3;
const BLOCK_BYTES = 16;

/** A part of a master key, as one holder keeps it: 32 random bytes that say nothing about the key without all the others. */
export function newComponent(): Secret {
  return Secret.take(randomBytes(KEY_BYTES));
}

/** Check value of an AES key or component: first three bytes of E(K, 0), hex. The token gives the same for the key made of it. */
export function componentCheckValue(component: Secret): string {
  return component.use((bytes) => {
    const cipher = createCipheriv(`aes-${bytes.length * 8}-ecb`, bytes, null).setAutoPadding(false);
    return cipher.update(new Uint8Array(BLOCK_BYTES)).subarray(0, CHECK_VALUE_BYTES).toString('hex').toUpperCase();
  });
}

/** A component as its holder writes it down: groups of four digits, then `KCV` and the check value. */
export function formatComponent(component: Secret): string {
  const digits = component.use((bytes) => Buffer.from(bytes).toString('hex').toUpperCase());
  return `${digits.replaceAll(/.{4}(?=.)/g, '$& ')} KCV ${componentCheckValue(component)}`;
}

/** Reads what `formatComponent` or a maker wrote (AES-128, AES-192 or AES-256); blanks and line ends do not matter. Throws `KEY-COMPONENT` for a slip of the pen: length, digit or check value. */
export function parseComponent(text: string, holder: number): Secret {
  const match = /^((?:[0-9A-F]{2}){16,32})KCV([0-9A-F]{6})$/.exec(text.toUpperCase().replaceAll(/\s/g, ''));
  if (match === null || !KEY_LENGTHS.has((match[1] ?? '').length / 2)) throw unfit(holder, 'not 32, 48 or 64 hexadecimal digits with KCV and six more');
  const component = Secret.take(Uint8Array.from(Buffer.from(match[1] ?? '', 'hex')));
  if (componentCheckValue(component) === match[2]) return component;
  component.wipe();
  throw unfit(holder, 'its check value is another');
}

/**
 * Puts a master key together: the xor of all components, so that nobody who misses one knows anything of it. Throws
 * `KEY-COMPONENT` for fewer than two, for two of different lengths, and for two alike, which would cancel each other out. The
 * caller wipes everything.
 */
export function combineComponents(components: readonly Secret[]): Secret {
  if (components.length < 2) throw unfit(components.length, 'a ceremony takes at least two holders');
  const length = components[0]?.length ?? 0;
  components.forEach((component, index) => {
    if (component.length !== length) throw unfit(index + 1, 'of another length than the first');
    if (components.slice(0, index).some((other) => other.equals(component))) throw unfit(index + 1, 'the same as another holder’s');
  });
  const sum = new Uint8Array(length);
  for (const component of components) component.use((bytes) => bytes.forEach((byte, index) => (sum[index] = (sum[index] ?? 0) ^ byte)));
  return Secret.take(sum);
}

function unfit(holder: number, note: string): StationFault {
  return new StationFault('KEY-COMPONENT', { field: String(holder), note });
}
