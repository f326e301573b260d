import { describe, expect, it } from 'vitest';
import { KeyCollector, type KeyProgress, type KeySpec } from './key-collector.js';

const menu: KeySpec = { kind: 'choice', keys: new Set(['1', '6']), numbers: new Set(['62', '6234', '81']) };

/** What keys lead to, the last one followed by a pause if anything is open then. */
function press(spec: KeySpec, keys: string): KeyProgress[] {
  const collector = new KeyCollector(spec);
  const events = [...keys].map((key) => collector.press(key)).filter(({ type }) => type !== 'more');
  return collector.pending ? [...events, collector.timeout()] : events;
}

describe('a menu in which numbers may be dialled', () => {
  it.each([
    ['1', [{ type: 'choice', key: '1' }]],
    ['6', [{ type: 'choice', key: '6' }]],
    ['6#', [{ type: 'choice', key: '6' }]],
    ['62', [{ type: 'choice', key: '62' }]],
    ['6234', [{ type: 'choice', key: '6234' }]],
    ['81', [{ type: 'choice', key: '81' }]],
    ['8', [{ type: 'invalid' }]],
    ['8#', [{ type: 'invalid' }]],
    ['85', [{ type: 'invalid' }]],
    ['623', [{ type: 'invalid' }]],
    ['62*', [{ type: 'back' }]],
    ['0', [{ type: 'operator' }]],
    ['9', [{ type: 'invalid' }]],
    [
      '8181',
      [
        { type: 'choice', key: '81' },
        { type: 'choice', key: '81' },
      ],
    ],
  ] as const)('%s', (keys, events) => expect(press(menu, keys)).toEqual(events));

  it('waits only while a longer number can still come', () => {
    const collector = new KeyCollector(menu);
    expect(collector.press('6')).toEqual({ type: 'more' });
    expect(collector.press('2')).toEqual({ type: 'more' });
    expect(collector.press('3')).toEqual({ type: 'more' });
    expect(collector.press('4')).toEqual({ type: 'choice', key: '6234' });
    expect(collector.pending).toBe(false);
  });
});

describe('a row of digits', () => {
  const four: KeySpec = { kind: 'digits', min: 3, max: 4 };

  it.each([
    ['4711', [{ type: 'digits', digits: '4711' }]],
    ['471', [{ type: 'digits', digits: '471' }]],
    ['471#', [{ type: 'digits', digits: '471' }]],
    ['47', [{ type: 'invalid' }]],
    ['47#', [{ type: 'invalid' }]],
    ['47*', [{ type: 'back' }]],
    ['#', [{ type: 'pound' }]],
    ['0471', [{ type: 'digits', digits: '0471' }]],
  ] as const)('%s', (keys, events) => expect(press(four, keys)).toEqual(events));
});
