import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { homeDir, projectRoot } from '../src/kernel/paths.js';

test('the tests of the Python workers pass', async () => {
  const { stderr } = await promisify(execFile)(join(homeDir, 'venv', 'bin', 'python'), ['-B', '-m', 'unittest'], {
    cwd: join(projectRoot, 'src', 'local-models', 'workers'),
    timeout: 60_000,
  });
  expect(stderr).toMatch(/Ran [1-9]\d* tests[^]*OK/);
});
