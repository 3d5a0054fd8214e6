/**
 * The process of one reader: the only program that loads `pcsclite`. PC/SC cannot cancel an exchange, so a mute card
 * blocks this process and nothing else; the station ends it and starts another. It speaks the frames of
 * `pcsc-messages.ts` on descriptor 3 and ends itself when that closes. Argument: the reader's PC/SC name, none to list only.
 */
import { Socket } from 'node:net';
import type pcsclite from 'pcsclite';
import { systemClock } from '../contracts/clock.ts';
import { pcscErrorNumber, REMOVED_CARD } from './pcsc-errors.ts';
import { decodeRequest, encodeReport, FrameCutter, type ReaderReport, type ReaderRequest, type ReaderState } from './pcsc-messages.ts';

type Binding = ReturnType<typeof pcsclite>;
type BoundReader = Parameters<Parameters<Binding['on']>[1]>[0];

const [watchedName] = process.argv.slice(2);
const station = new Socket({ fd: 3, readable: true, writable: true });
const readers = new Map<string, ReaderState>();
const responseBytes = 65538;
/** How long an empty list of readers may be the service still looking for them. */
const settleMs = 300;
let unsettled = 0;
let watched: BoundReader | null = null;
let protocol = 0;

/** `exit` would wait for a thread that PC/SC holds; a kill does not. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

function report(message: ReaderReport, then?: () => void): void {
  const bytes = encodeReport(message);
  station.write(bytes, () => {
    bytes.fill(0);
    then?.();
  });
}

function reportReaders(): void {
  if (unsettled === 0) report({ kind: 'readers', readers: [...readers.values()] });
}

function serviceGone(error: unknown): void {
  report({ kind: 'service-gone', note: noteOf(error) }, end);
}

function noteOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An error the binding reported as a value; it uses undefined and null for none. */
function isError(error: unknown): boolean {
  return error !== undefined && error !== null;
}

function watch(reader: BoundReader): void {
  unsettled += 1;
  let seen = false;
  if (reader.name === watchedName) watched = reader;
  reader.on('status', (status) => {
    readers.set(reader.name, stateOf(reader, status.state, status.atr));
    if (!seen) unsettled -= 1;
    seen = true;
    reportReaders();
  });
  reader.on('error', serviceGone);
  reader.on('end', () => {
    // One that leaves before it told anything is waited for no longer.
    if (!seen) unsettled -= 1;
    seen = true;
    readers.delete(reader.name);
    if (watched === reader) watched = null;
    reportReaders();
  });
}

function stateOf(reader: BoundReader, flags: number, atr: Buffer | undefined): ReaderState {
  const { name } = reader;
  if ((flags & reader.SCARD_STATE_MUTE) !== 0) return { name, card: 'mute', atr: '' };
  if ((flags & reader.SCARD_STATE_PRESENT) === 0) return { name, card: 'empty', atr: '' };
  return { name, card: 'present', atr: atr?.toString('hex') ?? '' };
}

function finish(error: unknown, body: Uint8Array): void {
  if (isError(error)) {
    const note = noteOf(error);
    report({ kind: 'failed', code: pcscErrorNumber(note), note });
  } else {
    report({ kind: 'done', body }, () => body.fill(0));
  }
}

function connect(reader: BoundReader): void {
  const options = { share_mode: reader.SCARD_SHARE_EXCLUSIVE, protocol: reader.SCARD_PROTOCOL_T0 | reader.SCARD_PROTOCOL_T1 };
  reader.connect(options, (error: unknown, active) => {
    if (!isError(error)) protocol = active;
    finish(error, Buffer.from(readers.get(reader.name)?.atr ?? '', 'hex'));
  });
}

function transmit(reader: BoundReader, command: Uint8Array): void {
  const bytes = Buffer.from(command.buffer, command.byteOffset, command.length);
  reader.transmit(bytes, responseBytes, protocol, (error: unknown, response) => {
    bytes.fill(0);
    if (!isError(error) && response.length === 0) report({ kind: 'failed', code: REMOVED_CARD, note: 'empty answer' });
    else finish(error, response);
  });
}

function serve(request: ReaderRequest): void {
  const reader = watched;
  if (reader === null) {
    report({ kind: 'failed', code: 0x80100009, note: 'the reader is not there' });
    return;
  }
  switch (request.kind) {
    case 'connect': return connect(reader);
    case 'transmit': return transmit(reader, request.command);
    case 'disconnect': return reader.disconnect(reader.SCARD_UNPOWER_CARD, (error: unknown) => finish(error, new Uint8Array(0)));
  }
}

function listen(): void {
  const cutter = new FrameCutter();
  station.on('data', (chunk) => {
    cutter.push(chunk, (kind, body) => {
      const request = decodeRequest(kind, body);
      if (request === null) throw new RangeError(`no request of kind ${kind}`);
      serve(request);
    });
  });
  station.on('close', end);
  station.on('error', end);
}

async function bind(): Promise<void> {
  try {
    const { default: pcsc } = await import('pcsclite');
    try {
      const binding = pcsc();
      binding.on('reader', watch);
      binding.on('error', serviceGone);
    } catch (error) {
      serviceGone(error);
      return;
    }
  } catch (error) {
    report({ kind: 'broken', note: noteOf(error) }, end);
    return;
  }
  await systemClock.sleep(settleMs, new AbortController().signal);
  if (readers.size === 0) reportReaders();
}

// An interrupt typed at a terminal goes to the whole group; the station still needs its reader to finish the card.
process.on('SIGINT', () => undefined);
listen();
await bind();
