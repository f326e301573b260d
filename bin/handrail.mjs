#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/src/cli/main.js', import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  console.error('HR_SETUP_FAILED: Handrail is not built yet — run `npm start` once, or `npm ci && npm run build`.');
  process.exitCode = 1;
}
