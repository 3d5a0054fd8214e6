import { join } from 'node:path';
import { Worker } from 'bullmq';
import { packageRoot } from '../../../drivers/contracts/package-root.ts';

/** A worker whose processor runs in a sandbox. Arguments: socket, queue, `process` or `thread`. */
const [path = '', queue = '', kind = ''] = process.argv.slice(2);
const worker = new Worker(queue, join(packageRoot(), 'dist/test/support/queue/sandboxed-steps.js'), { connection: { path, maxRetriesPerRequest: null }, prefix: '{processes}', useWorkerThreads: kind === 'thread' });
worker.on('error', () => undefined);
await worker.waitUntilReady();
process.stdout.write('ready\n');
