import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Clock } from '../../drivers/contracts/clock.ts';
import { CaFaultSwitch, type CaFault } from './ca-faults.ts';
import { openCmpResponder } from './cmp-responder.ts';
import { secretProtection, signedProtection, type CmpServerProtection } from './cmp-server-protection.ts';
import { CmpService } from './cmp-service.ts';
import { identityFiles, openIdentities, type AuthorityIdentities } from './identities.ts';
import { openIssuedLog, type IssuedRecord } from './issued-log.ts';
import { IssuingAuthority } from './issuing-authority.ts';
import { RevokedLog } from './revoked-log.ts';
import { serveOnLoopback } from '../loopback/serve-on-loopback.ts';

export interface CmpServerOptions {
  /** Kept between runs, like the folder of the EST server; not the same one at the same time. */
  readonly dir: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly clock: Clock;
  /** How client and server prove who they are: by a shared secret, or by signatures. */
  readonly protection: { readonly kind: 'secret'; readonly reference: string; readonly secret: string } | { readonly kind: 'signature' };
  /** How long a certificate may wait for its confirmation until it is revoked; five minutes when not given. */
  readonly confirmationTimeoutMs?: number;
}

/** The running CMP server and its account. */
export interface CmpServer extends AsyncDisposable {
  readonly url: string;
  /** Issuing authority and root, PEM. */
  readonly chainPem: string;
  /** The root alone, PEM. */
  readonly rootPem: string;
  /** A client's certificate and key for signed messages, PEM files. */
  readonly clientCertificatePath: string;
  readonly clientKeyPath: string;
  issued(): readonly IssuedRecord[];
  /** Serial numbers (hex, lower case) in the order of their revocation. */
  revoked(): Promise<readonly string[]>;
  /** Of the faults of the EST server it commits `away`, `slow`, `refuse` and `lost-answer`; the others mean nothing here. */
  setFault(fault: CaFault | undefined): void;
}

const maxBodyBytes = 64 * 1024;
const contentType = 'application/pkixcmp';
const validityDays = 1826;
const defaultConfirmationTimeoutMs = 300_000;

/** Starts a certificate authority that speaks CMP over HTTP on loopback (RFC 6712), with a root of its own. */
export async function openCmpServer(options: CmpServerOptions): Promise<CmpServer> {
  const identityDir = join(options.dir, 'identities');
  const identities = await openIdentities(identityDir);
  const log = await openIssuedLog(join(options.dir, 'issued.ndjson'));
  const revocations = new RevokedLog(join(options.dir, 'revoked.txt'));
  const chain = [identities.issuing, identities.root].map(({ rawData }) => new Uint8Array(rawData));
  const ending = new AbortController();
  const service = new CmpService({
    authority: new IssuingAuthority(identities, log, options.clock, validityDays),
    chain,
    protection: await protectionOf(options, identities),
    revoke: (wish) => revocations.revoke(log.all(), wish),
    onUnconfirmed: (transaction) => {
      options.clock.sleep(options.confirmationTimeoutMs ?? defaultConfirmationTimeoutMs, ending.signal).then(() => service.expire(transaction), () => undefined);
    },
  });
  const faults = new CaFaultSwitch();
  const server = createServer((incoming, outgoing) => { serve({ service, faults, clock: options.clock, signal: ending.signal }, incoming, outgoing).catch(() => incoming.socket.destroy()); });
  const loopback = await serveOnLoopback(server, options.port);
  return {
    url: `http://127.0.0.1:${loopback.port}/pkix/`,
    chainPem: `${identities.issuing.toString('pem')}\n${identities.root.toString('pem')}\n`,
    rootPem: `${identities.root.toString('pem')}\n`,
    clientCertificatePath: join(identityDir, identityFiles.station),
    clientKeyPath: join(identityDir, identityFiles.stationKey),
    issued: () => log.all(),
    revoked: () => revocations.all(),
    setFault: (fault) => { faults.set(fault); },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await loopback[Symbol.asyncDispose]();
    },
  };
}

async function protectionOf({ dir, protection }: CmpServerOptions, identities: AuthorityIdentities): Promise<CmpServerProtection> {
  const issuer = new Uint8Array(identities.issuing.rawData);
  if (protection.kind === 'secret') return secretProtection(issuer, protection.reference, protection.secret);
  return signedProtection(issuer, await openCmpResponder(dir, identities));
}

interface Serving {
  readonly service: CmpService;
  readonly faults: CaFaultSwitch;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

async function serve({ service, faults, clock, signal }: Serving, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) return void outgoing.writeHead(413, { connection: 'close' }).end();
    chunks.push(chunk);
  }
  if (incoming.method !== 'POST' || incoming.headers['content-type'] !== contentType) return void outgoing.writeHead(415).end();
  const fault = faults.take();
  if (fault?.name === 'away') return void incoming.socket.destroy();
  if (fault?.name === 'slow') await clock.sleep(fault.delayMs, signal);
  const answer = await service.answer(new Uint8Array(Buffer.concat(chunks)), fault?.name === 'refuse' ? fault.reason : null);
  if (fault?.name === 'lost-answer') return void incoming.socket.destroy();
  if (answer === null) return void outgoing.writeHead(400).end();
  outgoing.writeHead(200, { 'content-type': contentType, 'content-length': answer.length }).end(answer);
}
