import { existsSync } from 'node:fs';

const usual = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
];

/** The Chromium of this machine: `HANDRAIL_CHROMIUM`, else where systems put it; undefined where there is none. */
export function systemChromium(): string | undefined {
  const named = process.env['HANDRAIL_CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  return usual.find((path) => existsSync(path));
}
