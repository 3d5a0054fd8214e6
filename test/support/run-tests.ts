import { createVitest, parseCLI, TestsNotFoundError } from 'vitest/node';
import { packageRoot } from '../../drivers/contracts/package-root.ts';
import { TestTally } from './test-tally.ts';

/**
 * Runs the tests with Vitest and ends with one line alone, `N passed, N failed, N skipped`. Takes Vitest's own filters
 * and options. Exits 1 when a test failed, when a test was skipped without a reason, and when none ran.
 */
async function runTests(): Promise<number> {
  process.chdir(packageRoot());
  const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
  const tally = new TestTally();
  const vitest = await createVitest('test', { ...options, watch: false, run: true, reporters: ['default', tally] });
  try {
    await vitest.start(filter);
  } catch (error) {
    if (!(error instanceof TestsNotFoundError)) throw error;
  } finally {
    await vitest.close();
  }
  for (const line of tally.remarks()) process.stdout.write(`${line}\n`);
  process.stdout.write(`${tally.summary()}\n`);
  return tally.succeeded() && !process.exitCode ? 0 : 1;
}

// Vitest leaves its workers' pipes open for a moment; the verdict is out, so the process may end now.
process.exit(await runTests());
