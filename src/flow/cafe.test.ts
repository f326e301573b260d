import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

import { lintFlow } from './lint.js';
import { loadFlow } from './load.js';

describe('the demonstration flow', () => {
  it('has no finding at all', async () => {
    const flow = await loadFlow(fileURLToPath(new URL('../../flows/cafe.json', import.meta.url)));
    expect(lintFlow(flow)).toEqual([]);
  });
});
