import { expect, test } from 'vitest';
import { endpointAfterMs } from './endpointing.js';
import type { Understanding } from './ports.js';
import { sensitive } from '../kernel/sensitive.js';

const options = { minEndpointMs: 250, maxEndpointMs: 1_000 };
const heard = (what: Partial<Understanding>, probability = 0.95): Understanding => ({
  hypotheses: [{ meaning: { intent: 'x', slots: {} }, probability }],
  text: sensitive(''),
  complete: true,
  mayGoOn: false,
  openEnd: false,
  ...what,
});

test.each([
  ['nothing recognised yet', undefined, 1_000],
  ['complete and sure', heard({}), 250],
  ['complete and sure, but people often go on here', heard({ mayGoOn: true }), 438],
  ['complete but not sure', heard({}, 0.6), 625],
  ['neither complete nor open', heard({ complete: false }), 625],
  ['an open end', heard({ complete: false, openEnd: true }), 1_000],
])('%s: %#', (_name, understanding, ms) => expect(endpointAfterMs(understanding, 0.8, options)).toBe(ms));
