const referenceLength = 8;

/**
 * A PIN as the card takes it: six to eight ASCII digits, filled up with FF to eight bytes (SP 800-73-5 part 1, 2.4.3).
 * Null when it is not made so. The caller wipes the result.
 */
export function padPin(digits: Uint8Array): Uint8Array | null {
  if (digits.length < 6 || digits.length > referenceLength || !digits.every(isDigit)) return null;
  const padded = new Uint8Array(referenceLength).fill(0xff);
  padded.set(digits);
  return padded;
}

/** Whether eight bytes are a padded PIN. */
export function isPaddedPin(bytes: Uint8Array): boolean {
  if (bytes.length !== referenceLength) return false;
  const end = bytes.indexOf(0xff);
  const count = end < 0 ? referenceLength : end;
  return count >= 6 && bytes.subarray(0, count).every(isDigit) && bytes.subarray(count).every((byte) => byte === 0xff);
}

/** What blanks leave the factory with (Yubico, PivApplet, canokey). */
export const factoryPin = '123456';
export const factoryPuk = '12345678';

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
