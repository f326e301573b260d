import { describe, expect, it } from 'vitest';
import { describeCall, type CallReport } from './call-report.js';

const report: CallReport = {
  answeredMs: 1_000,
  answeredAfterMs: 55.4,
  played: { startedMs: 3_000, lastVoicedSentMs: 5_000 },
  keysSentMs: undefined,
  heard: [
    { fromMs: 1_100, toMs: 2_100, dbfs: -20 },
    { fromMs: 5_620, toMs: 6_000, dbfs: -18.2, text: 'a large latte' },
  ],
  end: { by: 'us', status: 200, reason: 'OK', atMs: 7_000 },
  stats: { received: 300, lost: 1, reordered: 0, ignored: 0, latenessMs: { p50: 0, p99: 1.25, max: 3 } },
};

describe('call report', () => {
  it('tells the call in the order of time', () => {
    expect(describeCall(report)).toEqual([
      '      0 ms  answered, 55 ms after the INVITE',
      '    100 ms  heard 1.00 s at -20 dBFS',
      '   2000 ms  we speak for 2000 ms',
      '   4000 ms  the end of our speech; first voice heard 620 ms later',
      '   4620 ms  heard 0.38 s at -18 dBFS  "a large latte"',
      '   6000 ms  ended by us',
      '  300 packets heard, 1 lost; our own 20 ms clock was late by 1.3 ms (p99)',
    ]);
  });

  it('tells when nothing came, or came too early', () => {
    expect(describeCall({ ...report, heard: [] }).join()).toContain('nothing was heard after it');
    expect(describeCall({ ...report, keysSentMs: 5_800 }).join()).toContain('the last key; the other side was already');
  });
});
