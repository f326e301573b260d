import { defineConfig } from 'vitest/config';
import './src/kernel/no-telemetry.js';

/** Unit tests run on a fake clock in milliseconds; acceptance tests use the real Asterisk and engines, one file at a time. */
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
          testTimeout: 10_000,
        },
      },
      {
        test: {
          name: 'acceptance',
          include: ['test/*.test.ts'],
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 180_000,
          hookTimeout: 180_000,
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
