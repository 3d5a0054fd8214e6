import { defineConfig } from 'vitest/config';

/** Tests with processes, sockets or devices of their own get time. */
const slow = { testTimeout: 120_000, hookTimeout: 120_000 };

/** One project a kind of test; quick kinds run first, so that a simple mistake is told within seconds. */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    allowOnly: false,
    expect: { requireAssertions: true },
    teardownTimeout: 10_000,
    projects: [
      { extends: true, test: { name: 'architecture', include: ['test/architecture/**/*.test.ts'], testTimeout: 60_000, sequence: { groupOrder: 0 } } },
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000, hookTimeout: 30_000, sequence: { groupOrder: 0 } } },
      { extends: true, test: { name: 'contracts', include: ['test/contracts/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000, sequence: { groupOrder: 1 } } },
      { extends: true, test: { name: 'oracles', include: ['test/oracles/**/*.test.ts'], ...slow, sequence: { groupOrder: 1 } } },
      { extends: true, test: { name: 'faults', include: ['test/faults/**/*.test.ts'], ...slow, sequence: { groupOrder: 2 } } },
      { extends: true, test: { name: 'flow', include: ['test/flow/**/*.test.ts'], ...slow, sequence: { groupOrder: 2 } } },
    ],
  },
});
