import { afterAll, describe, expect, it } from 'vitest';
import { faults } from './chaos/faults.js';
import { tableRow } from './chaos/judge.js';
import { runRow, Worlds } from './chaos/row.js';

/** One row for each mechanism, on one line; `npm run chaos` runs them all with ten calls each. */
const selection = [
  'STT: accepts, never answers',
  'TTS: SIGSTOP',
  'ARI: both cut',
  'media: Asterisk ends its side',
] as const;
const CALLS = 4;

/** This machine may be busy with other things: the bounds of the promise are the business of `npm run chaos`. */
const SLACK_MS = 1_500;

describe('the broken world, in small', () => {
  const worlds = new Worlds();
  afterAll(() => worlds.close());

  it.each(selection)('%s', async (name) => {
    const fault = faults.find((one) => one.name === name);
    if (!fault) throw new Error(`there is no row “${name}”`);
    const result = await runRow(await worlds.of(fault), { ...fault, boundMs: fault.boundMs + SLACK_MS }, CALLS);
    console.log(tableRow(result));
    expect(result.complaints).toEqual([]);
  });
});
