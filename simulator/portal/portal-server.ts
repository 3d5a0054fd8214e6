import { createServer, type IncomingMessage } from 'node:http';
import { serveOnLoopback } from '../loopback/serve-on-loopback.ts';

/** A message as the portal took it. */
export interface PortalMessage {
  readonly id: string;
  readonly orderId: string;
  readonly kind: string;
  readonly body: unknown;
}

/** What the simulated portal does with the next deliveries. */
export type PortalMood =
  /** Takes messages; one that it has seen is answered 409. */
  | 'takes'
  /** Answers 503. */
  | 'is-down'
  /** Takes the message and drops the connection before it answers: the sender cannot know. */
  | 'loses-the-answer';

/** The portal's side of the mailbox: keeps every message once, by its idempotency key. */
export interface PortalServer extends AsyncDisposable {
  readonly url: string;
  /** In the order in which they first came. */
  readonly messages: readonly PortalMessage[];
  /** Deliveries, repeated ones too. */
  readonly deliveries: number;
  setMood(mood: PortalMood): void;
}

/** Starts a portal on the loopback at a port of the system's choice. It takes deliveries that carry `token` only. */
export async function openPortalServer(token: string): Promise<PortalServer> {
  const seen = new Map<string, PortalMessage>();
  let mood: PortalMood = 'takes';
  let deliveries = 0;
  const take = async (request: IncomingMessage): Promise<number> => {
    deliveries += 1;
    const text = await textOf(request);
    if (request.headers.authorization !== `Bearer ${token}`) return 401;
    if (mood === 'is-down') return 503;
    const message = JSON.parse(text) as PortalMessage;
    const key = String(request.headers['idempotency-key'] ?? '');
    if (key !== message.id) return 400;
    if (seen.has(key)) return 409;
    seen.set(key, message);
    return 201;
  };
  const server = createServer((request, response) => {
    take(request).then(
      (status) => (mood === 'loses-the-answer' ? response.destroy() : response.writeHead(status).end()),
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  const loopback = await serveOnLoopback(server, 0);
  return {
    url: `http://127.0.0.1:${loopback.port}/events`,
    get messages() { return [...seen.values()]; },
    get deliveries() { return deliveries; },
    setMood(next) { mood = next; },
    [Symbol.asyncDispose]: () => loopback[Symbol.asyncDispose](),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
