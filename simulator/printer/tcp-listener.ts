import { createServer, type Server, type Socket } from 'node:net';
import { StationFault } from '../../drivers/contracts/fault.ts';

export interface TcpListenerOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Talks to one host until it hangs up or is hung up on; errors of a lost connection are nobody's fault. */
  readonly converse: (socket: Socket) => Promise<void>;
  /** Whether a host is let in now. */
  readonly admits?: () => boolean;
}

/** More hosts at a time are turned away. */
const maxConnections = 16;

/** The network side of a simulated device. Disposing ends its connections and waits until their conversations are over. */
export class TcpListener implements AsyncDisposable {
  host = '';
  port = 0;
  readonly #options: TcpListenerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #conversations = new Set<Promise<void>>();

  constructor(options: TcpListenerOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => { this.#accept(socket); });
  }

  /** Throws `SIM-INVALID` when the address cannot be listened on. */
  async listen(): Promise<void> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => { reject(new StationFault('SIM-INVALID', { field: `listen ${host}:${String(port)}`, note: error.message }, error)); });
      this.#server.listen({ host, port }, resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new StationFault('STA-BUG', { note: 'a simulated printer does not listen on TCP' });
    this.host = address.address;
    this.port = address.port;
  }

  /** Ends every connection; new ones are let in as before. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => { this.#server.close(() => { resolve(); }); });
    this.hangUp();
    await Promise.all(this.#conversations);
    await closed;
  }

  #accept(socket: Socket): void {
    if (this.#options.admits?.() === false || this.#sockets.size >= maxConnections) {
      socket.destroy();
      return;
    }
    // A host may vanish while its last answer is under way; that is no error of the printer.
    socket.on('error', () => { socket.destroy(); });
    this.#sockets.add(socket);
    const conversation = this.#options.converse(socket).catch((error: unknown) => {
      socket.destroy();
      if (!isHangUp(error)) throw error;
    }).finally(() => {
      this.#sockets.delete(socket);
      this.#conversations.delete(conversation);
    });
    this.#conversations.add(conversation);
  }
}

/** Whether a conversation ended because the other side, or we, closed the connection. */
export function isHangUp(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ETIMEDOUT';
}
