import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A wire that can be cut: passes bytes between its own port on loopback and the port behind it. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Tears every connection, wherever it is in a message, and takes no new one for so long. */
  cut(durationMs: number): Promise<void>;
}

/** Opens a wire to a port on loopback. */
export async function openTcpProxy(targetPort: number): Promise<TcpProxy> {
  const proxy = new LoopbackProxy(targetPort);
  await proxy.open();
  return proxy;
}

class LoopbackProxy implements TcpProxy {
  readonly #targetPort: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cut = false;

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer((near) => this.#join(near));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  #join(near: Socket): void {
    if (this.#cut) {
      near.destroy();
      return;
    }
    const far = connect({ host: '127.0.0.1', port: this.#targetPort, noDelay: true });
    near.setNoDelay(true);
    for (const [one, other] of [[near, far], [far, near]] as const) {
      this.#sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.once('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
  }

  async cut(durationMs: number): Promise<void> {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
    await sleep(durationMs);
    this.#cut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
