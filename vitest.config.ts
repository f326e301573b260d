import { defineConfig } from 'vitest/config';
import './src/kernel/no-telemetry.js';

/** Acceptance tests that mostly wait, for calls in real time and for programs: two files at a time. */
const waiting = ['dialplan-copy', 'docker', 'import', 'pbx-kit', 'start'].map((name) => `test/${name}.test.ts`);

/**
 * Unit tests run on a fake clock in milliseconds; acceptance tests use the real Asterisk and engines, one file at a time where
 * engines must answer in time. Both kinds together are `--project 'acceptance*'`.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'bench/**/*.test.ts',
            'web/src/**/*.test.ts',
            'test/support/**/*.test.ts',
            'test/chaos/**/*.test.ts',
          ],
          // One for each core: Vitest leaves one free, which is half of a small machine.
          maxWorkers: '100%',
          testTimeout: 10_000,
        },
      },
      {
        test: {
          name: 'acceptance',
          include: ['test/*.test.ts'],
          exclude: waiting,
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'acceptance-waiting',
          include: waiting,
          maxWorkers: 2,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'chaos',
          include: ['test/chaos/*.run.ts'],
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
