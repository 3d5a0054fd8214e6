import { connect, type Socket } from 'node:net';

/** A host that speaks plain bytes, for what a well-behaved driver never sends. */
export interface RawHost extends AsyncDisposable {
  readonly socket: Socket;
  /** Sends a command in standard framing and gives the one answer. */
  ask(command: string): Promise<string>;
  /** Sends bytes as they are. */
  send(bytes: string | Uint8Array): void;
  /** Gives the answers that came until `count` are there. */
  answers(count: number): Promise<readonly string[]>;
  /** Everything up to the end of the connection. */
  rest(): Promise<string>;
}

export async function openRawHost(port: number): Promise<RawHost> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  let text = '';
  let wake = (): void => undefined;
  const ended = new Promise<void>((resolve) => { socket.once('close', () => { resolve(); }); });
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
    wake();
  });
  socket.on('close', () => { wake(); });
  await new Promise<void>((resolve) => { socket.once('connect', resolve); });

  const answers = async (count: number): Promise<readonly string[]> => {
    while (text.split('\r').length <= count) {
      if (socket.destroyed) throw new Error(`the connection ended after ${JSON.stringify(text)}`);
      await new Promise<void>((resolve) => { wake = resolve; });
    }
    const parts = text.split('\r');
    text = parts.slice(count).join('\r');
    return parts.slice(0, count);
  };
  const send = (bytes: string | Uint8Array): void => { socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes); };
  return {
    socket,
    send,
    answers,
    async ask(command) {
      send(`\x1b${command}\r`);
      return (await answers(1))[0] ?? '';
    },
    async rest() {
      socket.end();
      await ended;
      return text;
    },
    async [Symbol.asyncDispose]() {
      socket.destroy();
      await ended;
    },
  };
}
