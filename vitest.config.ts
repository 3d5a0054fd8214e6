import { defineConfig } from 'vitest/config';

/** Unit tests share worker processes by default; everything with processes, sockets or devices of its own is isolated and gets time. */
const slow = { testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    allowOnly: false,
    passWithNoTests: false,
    teardownTimeout: 10_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000, hookTimeout: 30_000 } },
      { extends: true, test: { name: 'contracts', include: ['test/contracts/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
      { extends: true, test: { name: 'flow', include: ['test/flow/**/*.test.ts'], ...slow } },
      { extends: true, test: { name: 'faults', include: ['test/faults/**/*.test.ts'], ...slow } },
      { extends: true, test: { name: 'oracles', include: ['test/oracles/**/*.test.ts'], ...slow } },
      { extends: true, test: { name: 'architecture', include: ['test/architecture/**/*.test.ts'], testTimeout: 60_000 } },
    ],
  },
});
