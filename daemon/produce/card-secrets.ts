import { randomInt } from 'node:crypto';
import { StationFault } from '../../drivers/contracts/fault.ts';
import { Secret } from '../../drivers/contracts/secret.ts';

const PUK_BYTES = 8;

/** The PIN (six to eight ASCII digits) and PUK (eight ASCII digits) of one card. */
export class CardSecrets implements Disposable {
  readonly pin: Secret;
  readonly puk: Secret;

  constructor(pin: Secret, puk: Secret) {
    this.pin = pin;
    this.puk = puk;
  }

  [Symbol.dispose](): void {
    this.pin.wipe();
    this.puk.wipe();
  }
}

/** Draws a PIN of so many digits that is not trivial, and a PUK. */
export function drawCardSecrets(pinDigits: number): CardSecrets {
  let pin = drawDigits(pinDigits);
  while (isTrivialPin(pin)) pin = drawDigits(pinDigits);
  return new CardSecrets(Secret.take(pin), Secret.take(drawDigits(PUK_BYTES)));
}

function drawDigits(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => 0x30 + randomInt(10));
}

/** Whether a PIN is one that a thief tries first: one digit repeated, a run up or down, a pair or a triple repeated. */
export function isTrivialPin(pin: Uint8Array): boolean {
  const steps = Array.from(pin.subarray(1), (digit, index) => digit - (pin[index] ?? 0));
  const evenSteps = steps.every((step) => step === steps[0]) && Math.abs(steps[0] ?? 0) <= 1;
  return evenSteps || repeats(pin, 2) || repeats(pin, 3);
}

function repeats(pin: Uint8Array, period: number): boolean {
  return pin.every((digit, index) => index < period || digit === pin[index - period]);
}

/** Both secrets as one secret for sealing: PIN length, PIN, PUK. The caller disposes of it. */
export function packSecrets(secrets: CardSecrets): Secret {
  return secrets.pin.use((pin) => secrets.puk.use((puk) => Secret.take(Uint8Array.of(pin.length, ...pin, ...puk))));
}

/** Undoes `packSecrets`. Throws `KEY-TOKEN` for bytes of another shape. */
export function unpackSecrets(packed: Secret): CardSecrets {
  return packed.use((bytes) => {
    const pinLength = bytes[0] ?? 0;
    if (bytes.length !== 1 + pinLength + PUK_BYTES) throw new StationFault('KEY-TOKEN', { note: 'the sealed card secrets have another shape' });
    return new CardSecrets(Secret.take(bytes.slice(1, 1 + pinLength)), Secret.take(bytes.slice(1 + pinLength)));
  });
}
