import { createRequire } from 'node:module';

/** One thing that the client is asked to do with the card. */
export type NfcStep =
  | { readonly act: 'authenticate'; readonly block: number; readonly type: 'A' | 'B'; readonly key: string; readonly obsolete?: boolean }
  | { readonly act: 'read'; readonly block: number }
  | { readonly act: 'write'; readonly block: number; readonly data: string };

/** What came of it: data in hexadecimal, `ok`, or the name of the library's error. */
export type NfcOutcome = string;

/** What the client saw and did. */
export interface NfcResult {
  readonly readerClass: string;
  readonly uid: string;
  readonly outcomes: readonly NfcOutcome[];
}

interface NfcReader {
  readonly name: string;
  readonly reader: { readonly name: string };
  on(event: 'card', listener: (card: { readonly uid: string }) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  authenticate(block: number, keyType: number, key: string, obsolete?: boolean): Promise<boolean>;
  read(block: number, length: number, blockSize: number): Promise<Buffer>;
  write(block: number, data: Buffer, blockSize: number): Promise<boolean>;
}

interface NfcLibrary {
  readonly NFC: new () => { on(event: 'reader', listener: (reader: NfcReader) => void): void; on(event: 'error', listener: (error: Error) => void): void };
}

const BLOCK_BYTES = 16;
const KEY_TYPES = { A: 0x60, B: 0x61 } as const;

async function perform(reader: NfcReader, step: NfcStep): Promise<NfcOutcome> {
  try {
    switch (step.act) {
      case 'authenticate':
        await reader.authenticate(step.block, KEY_TYPES[step.type], step.key, step.obsolete ?? false);
        return 'ok';
      case 'read':
        return (await reader.read(step.block, BLOCK_BYTES, BLOCK_BYTES)).toString('hex').toUpperCase();
      case 'write':
        await reader.write(step.block, Buffer.from(step.data, 'hex'), BLOCK_BYTES);
        return 'ok';
    }
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

async function work(reader: NfcReader, uid: string, steps: readonly NfcStep[]): Promise<never> {
  const outcomes: NfcOutcome[] = [];
  for (const step of steps) outcomes.push(await perform(reader, step));
  const result: NfcResult = { readerClass: reader.constructor.name, uid, outcomes };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
  return new Promise<never>(() => undefined);
}

/** Reader name and steps (JSON) on the command line; one line of JSON on standard output. PCSCLITE_CSOCK_NAME names the card service. */
function main(readerName: string, steps: readonly NfcStep[]): void {
  const { NFC } = createRequire(import.meta.url)('nfc-pcsc') as NfcLibrary;
  const fail = (error: Error): void => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  };
  const nfc = new NFC();
  nfc.on('error', fail);
  nfc.on('reader', (reader) => {
    if (reader.reader.name !== readerName) return;
    reader.on('error', fail);
    reader.on('card', ({ uid }) => void work(reader, uid, steps));
  });
}

const [readerName, steps] = process.argv.slice(2);
if (readerName !== undefined && steps !== undefined) main(readerName, JSON.parse(steps) as readonly NfcStep[]);
