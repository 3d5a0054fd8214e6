/** What the service answers with an error object. The messages that clients know are the real ones; the codes are ours. */
export class EspfError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'EspfError';
    this.code = code;
  }
}

export const unknownMethod = (): EspfError => new EspfError(-32_601, 'method not found');
export const badRequest = (): EspfError => new EspfError(-32_600, 'invalid request');
export const missing = (param: string): EspfError => new EspfError(-32_602, `parameter ${param} missing`);
export const unknownDevice = (): EspfError => new EspfError(2, 'device not found');
export const unknownSession = (): EspfError => new EspfError(3, 'session not found');
export const badValue = (what: string): EspfError => new EspfError(4, `${what} not valid`);
