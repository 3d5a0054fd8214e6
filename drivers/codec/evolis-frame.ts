/** A command of the escape language: ESC name;parameters[;payload] CR (printers.md 2.1). */
export interface EvolisCommand {
  readonly name: string;
  readonly params: readonly string[];
  /** Binary data of a panel download. */
  readonly payload?: Uint8Array;
}

/** The three characters that frame a command; `Psc` changes them. */
export interface EvolisFraming {
  readonly start: number;
  readonly separator: number;
  readonly end: number;
}

export const standardFraming: EvolisFraming = { start: 0x1b, separator: 0x3b, end: 0x0d };

/** The bytes of a command in standard framing. */
export function writeCommand(command: EvolisCommand): Uint8Array {
  const head = [command.name, ...command.params].join(';');
  if (command.payload === undefined) return Buffer.from(`\x1b${head}\r`, 'latin1');
  return Buffer.concat([Buffer.from(`\x1b${head};`, 'latin1'), command.payload, Buffer.from('\r', 'latin1')]);
}

/** A command in words, for logs: no payload. */
export function commandText(command: EvolisCommand): string {
  return [command.name, ...command.params].join(';');
}

/**
 * Reads the parameters of `Psc`: decimal codes of start, separator and end; none restores the standard. Null when they
 * cannot frame anything: equal to each other, NUL, or letters and digits that commands are made of.
 */
export function parseFraming(params: readonly string[]): EvolisFraming | null {
  if (params.length === 0) return standardFraming;
  const [start, separator, end] = params.map((text) => (/^\d{1,3}$/.test(text) ? Number(text) : -1));
  if (params.length !== 3 || start === undefined || separator === undefined || end === undefined) return null;
  const codes = [start, separator, end];
  const usable = codes.every((code) => code > 0 && code < 0x80 && !/[A-Za-z0-9]/.test(String.fromCharCode(code)));
  return usable && new Set(codes).size === 3 ? { start, separator, end } : null;
}
