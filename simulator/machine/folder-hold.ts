import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { StationFault } from '../../drivers/contracts/fault.ts';

/**
 * Holds a folder for one machine: two would tear the same plastic. The hold is a name in the kernel's abstract socket
 * space, so it ends with the process, however that ends. Throws `SIM-INVALID` when another machine holds it.
 */
export async function holdFolder(folder: string): Promise<AsyncDisposable> {
  const name = createHash('sha256').update(await realpath(folder)).digest('hex').slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new StationFault('SIM-INVALID', { field: folder, note: 'another machine runs in this folder' }, error)));
    server.listen(`\0kortverk-machine-${name}`, resolve);
  });
  return {
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
