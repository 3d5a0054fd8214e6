import type { IncomingMessage } from 'node:http';
import { StationFault } from '../contracts/fault.ts';

/** No answer of an authority is longer than this: a chain of sixteen certificates is a tenth of it. */
const maxReplyBytes = 256 * 1024;

/** Reads the body of an authority's HTTP answer to its end, and no further than the bound. Throws `CA-PROTOCOL` for a longer one. */
export async function readBoundedReply(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxReplyBytes) {
      incoming.destroy();
      throw new StationFault('CA-PROTOCOL', { note: `the answer is over ${maxReplyBytes} bytes` });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
