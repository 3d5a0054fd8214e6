import { createServer, type Socket } from 'node:net';

/** What the device does when a host's bytes came: what it sends, or how it hangs up. */
export type ScriptedReaction = { readonly send: string } | 'silence' | 'hang-up' | 'half-close';

export interface ScriptedDevice extends AsyncDisposable {
  readonly port: number;
  /** Everything that came, one entry a write, over all connections. */
  readonly received: string[];
  readonly connections: number;
  /** Sends something nobody asked for. */
  say(text: string): void;
}

/** A device on TCP that reacts to the nth thing it receives with the nth entry, whatever it was; silent afterwards. */
export async function openScriptedDevice(reactions: readonly ScriptedReaction[]): Promise<ScriptedDevice> {
  const sockets = new Set<Socket>();
  const received: string[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      const reaction = reactions[received.length] ?? 'silence';
      received.push(bytes.toString('latin1'));
      if (reaction === 'hang-up') socket.destroy();
      else if (reaction === 'half-close') socket.end();
      else if (reaction !== 'silence') socket.write(reaction.send, 'latin1');
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    received,
    get connections() { return connections; },
    say(text) { for (const socket of sockets) if (!socket.destroyed) socket.write(text, 'latin1'); },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
