import { describe, expect, it } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { RtpSender } from './rtp-sender.js';

interface Sent {
  readonly atMs: number;
  readonly bytes: Buffer;
}

function sender(eventType: number | undefined = 101): { clock: FakeClock; sent: Sent[]; rtp: RtpSender } {
  const clock = new FakeClock();
  const sent: Sent[] = [];
  const send = (packet: Uint8Array): void => void sent.push({ atMs: clock.nowMs(), bytes: Buffer.from(packet) });
  return { clock, sent, rtp: new RtpSender({ clock, codec: 'ulaw', eventType, random: () => 0, send }) };
}

const sequences = (sent: readonly Sent[]): number[] => sent.map(({ bytes }) => bytes.readUInt16BE(2));
const timestamps = (sent: readonly Sent[]): number[] => sent.map(({ bytes }) => bytes.readUInt32BE(4));

describe('RTP sender', () => {
  it('sends silence every 20 ms when there is nothing to say, marked once', () => {
    const { clock, sent } = sender();
    clock.advance(60);
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 20, 40, 60]);
    expect(timestamps(sent)).toEqual([0, 160, 320, 480]);
    expect(sent.map(({ bytes }) => bytes[1])).toEqual([0x80, 0, 0, 0]);
    expect(sent.every(({ bytes }) => bytes.subarray(12).every((byte) => byte === 0xff))).toBe(true);
  });

  it('tells when the last voiced sample was said', async () => {
    const { clock, sent, rtp } = sender();
    const speech = new Int16Array(1_600).fill(5_000, 400, 1_000);
    const played = rtp.play(speech);
    await clock.advanceAsync(400);
    expect(await played).toEqual({ startedMs: 0, lastVoicedSentMs: 125 });
    expect(sent[0]?.atMs).toBe(0);
    expect(rtp.spoken.firstVoicedAfter(0)).toBe(50);
  });

  it('sends a key with one timestamp, and goes on in the time that passed', async () => {
    const { clock, sent, rtp } = sender();
    const pressed = rtp.dtmf('1', { durationMs: 60, gapMs: 20 });
    await clock.advanceAsync(120);
    await pressed;
    expect(sent.map(({ bytes }) => (bytes[1] ?? 0) & 0x7f)).toEqual([0, 101, 101, 101, 101, 101, 0, 0, 0]);
    expect(timestamps(sent)).toEqual([0, 160, 160, 160, 160, 160, 640, 800, 960]);
    expect(sequences(sent)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('presses no key for a side that takes none', async () => {
    const clock = new FakeClock();
    const deaf = new RtpSender({ clock, codec: 'alaw', eventType: undefined, random: () => 0, send: () => undefined });
    await expect(deaf.dtmf('1')).rejects.toThrow(/telephone-event/);
  });

  it('lets waiting players go when it is stopped, and sends no more', async () => {
    const { clock, sent, rtp } = sender();
    const played = rtp.play(new Int16Array(8_000));
    clock.advance(100);
    rtp.stop();
    await played;
    await rtp.play(new Int16Array(8_000));
    clock.advance(100);
    expect(sent).toHaveLength(6);
    expect(clock.pendingCount).toBe(0);
  });
});
