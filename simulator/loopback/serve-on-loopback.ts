import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A server that listens on loopback. Disposing ends its connections and itself; again does nothing. */
export interface LoopbackServer extends AsyncDisposable {
  readonly port: number;
}

/** Lets a server listen on a port of 127.0.0.1; 0 takes a free one. Throws what listening throws. */
export async function serveOnLoopback(server: HttpServer | HttpsServer, port: number): Promise<LoopbackServer> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
