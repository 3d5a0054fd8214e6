import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Job } from 'bullmq';

/** A sandboxed processor: a step every fifty milliseconds into a file, until forty are done. */
async function steps(job: Job<{ readonly file: string }>): Promise<void> {
  for (let step = 1; step <= 40; step += 1) {
    appendFileSync(job.data.file, `${step}\n`);
    await wait(50);
  }
  // An orphan is nobody's: nothing else would end it.
  if (process.send !== undefined && !process.connected) process.exit(0);
}

// BullMQ takes a sandbox's processor by this name.
export { steps as default };
