import { X509Certificate } from 'node:crypto';
import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { createSecureContext } from 'node:tls';
import { StationFault } from '../contracts/fault.ts';
import type { Secret } from '../contracts/secret.ts';
import { readBoundedReply } from './bounded-reply.ts';

/** Where the authority is and who we are. All PEM; the system's own trusted roots are never used. */
export interface EstEndpoint {
  /** `https://host[:port]`, with or without `/.well-known/est` and a label after it (RFC 7030 section 3.2.2). */
  readonly url: string;
  /** The pinned root, or several of them one after the other. */
  readonly trustedRootsPem: string;
  readonly client?: { readonly certificatePem: string; readonly key: Secret };
  /** HTTP Basic, beside or instead of the client certificate (section 3.2.3). */
  readonly basic?: { readonly user: string; readonly password: Secret };
}

export interface EstMessage {
  readonly method: 'GET' | 'POST';
  /** The operation's last path segment, such as `simpleenroll`. */
  readonly operation: string;
  /** Base64 of a PKCS#10 request. */
  readonly body?: string;
}

export interface EstReply {
  readonly status: number;
  readonly contentType: string;
  /** Seconds or an HTTP date, as sent. */
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** One TLS way to an EST server: sends a message, gives the reply. Knows HTTP and TLS, not what EST means. */
export class EstLink implements Disposable {
  readonly #base: string;
  readonly #agent: Agent;
  readonly #basic: EstEndpoint['basic'];

  constructor(base: string, agent: Agent, basic: EstEndpoint['basic']) {
    this.#base = base;
    this.#agent = agent;
    this.#basic = basic;
  }

  /**
   * Throws `ENC-CA-UNAVAILABLE` when nothing answers, with `sent` telling whether the request may have arrived,
   * and `CA-UNTRUSTED` when the server cannot show that it is the authority.
   */
  async exchange(message: EstMessage, signal: AbortSignal): Promise<EstReply> {
    const progress = { sent: false };
    try {
      return await this.#send(message, signal, progress);
    } catch (error) {
      signal.throwIfAborted();
      throw linkFault(error, progress.sent);
    }
  }

  #send(message: EstMessage, signal: AbortSignal, progress: { sent: boolean }): Promise<EstReply> {
    return new Promise((resolve, reject) => {
      const outgoing = request(`${this.#base}/${message.operation}`, {
        method: message.method, agent: this.#agent, signal, headers: this.#headers(message),
      });
      outgoing.on('error', reject);
      outgoing.on('finish', () => { progress.sent = message.method === 'POST'; });
      outgoing.on('response', (incoming) => { readReply(incoming).then(resolve, reject); });
      outgoing.end(message.body);
    });
  }

  #headers(message: EstMessage): Record<string, string | number> {
    const headers: Record<string, string | number> = { accept: '*/*' };
    if (message.body !== undefined) {
      headers['content-type'] = 'application/pkcs10';
      headers['content-transfer-encoding'] = 'base64';
      headers['content-length'] = Buffer.byteLength(message.body);
    }
    if (this.#basic !== undefined) {
      const { user, password } = this.#basic;
      headers['authorization'] = password.use((bytes) => `Basic ${Buffer.concat([Buffer.from(`${user}:`), bytes]).toString('base64')}`);
    }
    return headers;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
    this.#basic?.password.wipe();
  }
}

/** Builds the link; opens no connection yet. Wipes the client's key once the TLS layer has it. Throws `CFG-INVALID`. */
export function openEstLink(endpoint: EstEndpoint): EstLink {
  const base = estBase(endpoint.url);
  try {
    const agent = new Agent({ keepAlive: false, secureContext: secureContextOf(endpoint) });
    return new EstLink(base, agent, endpoint.basic);
  } catch (error) {
    throw new StationFault('CFG-INVALID', { field: 'ca', note: 'certificate or key of the EST client' }, error);
  }
}

function secureContextOf(endpoint: EstEndpoint): ReturnType<typeof createSecureContext> {
  // The TLS layer takes a text without any certificate in silence, and would then trust nobody.
  assertCertificate(endpoint.trustedRootsPem);
  const trust = { ca: endpoint.trustedRootsPem, minVersion: 'TLSv1.2' } as const;
  const client = endpoint.client;
  if (client === undefined) return createSecureContext(trust);
  const pem = client.key.use((bytes) => Buffer.from(bytes));
  try {
    return createSecureContext({ ...trust, cert: client.certificatePem, key: pem });
  } finally {
    pem.fill(0);
    client.key.wipe();
  }
}

/** Throws when the text does not begin with a certificate. */
function assertCertificate(pem: string): X509Certificate {
  return new X509Certificate(pem);
}

function estBase(url: string): string {
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:') throw new StationFault('CFG-INVALID', { field: 'ca.url' });
  const { origin, pathname } = new URL(url);
  const path = pathname.replace(/\/+$/, '');
  return `${origin}${path === '' ? '/.well-known/est' : path}`;
}

async function readReply(incoming: IncomingMessage): Promise<EstReply> {
  const body = await readBoundedReply(incoming);
  return {
    status: incoming.statusCode ?? 0,
    contentType: incoming.headers['content-type'] ?? '',
    retryAfter: incoming.headers['retry-after'],
    body: body.toString('latin1'),
  };
}

/** OpenSSL's verification results as Node names them, and the host name check. */
const untrusted = /^(ERR_TLS_CERT_ALTNAME_INVALID|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|INVALID_CA|CHAIN_|HOSTNAME_MISMATCH|PATH_LENGTH)/;

function linkFault(error: unknown, sent: boolean): StationFault {
  if (error instanceof StationFault) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (untrusted.test(code)) return new StationFault('CA-UNTRUSTED', { note: code }, error);
  return new StationFault('ENC-CA-UNAVAILABLE', { note: code, data: { sent } }, error);
}
