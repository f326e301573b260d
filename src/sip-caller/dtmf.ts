/**
 * Keys as RFC 4733 events: one timestamp for the whole event, a growing duration in 8 kHz units, and an end packet that
 * is sent three times (2.5.1.4), because an end that is lost makes the key ring on.
 */

/** RFC 4733, 3.2, in the order of the event codes. */
const keys = '0123456789*#ABCD';
const VOLUME = 10;
const UNITS_PER_MS = 8;
const FRAME_MS = 20;

export interface DtmfOptions {
  /** Length of a key press, rounded up to 20 ms. @defaultValue 120 */
  readonly durationMs?: number;
  /** Silence after each key. @defaultValue 100 */
  readonly gapMs?: number;
}

export const dtmfDefaults = { durationMs: 120, gapMs: 100 } as const satisfies Required<DtmfOptions>;

/** What one 20 ms tick sends instead of audio. The marker belongs on the first packet of the event. */
export interface DtmfTick {
  readonly marker: boolean;
  /** Payloads of 4 bytes, in order. All packets of an event carry the timestamp of its first tick. */
  readonly payloads: readonly Uint8Array[];
}

export function isDtmfKey(key: string): boolean {
  return key.length === 1 && keys.includes(key.toUpperCase());
}

/** The ticks of one key press. @throws RangeError for what is no key */
export function dtmfTicks(key: string, durationMs: number = dtmfDefaults.durationMs): DtmfTick[] {
  if (!isDtmfKey(key)) throw new RangeError('not a telephone key');
  const code = keys.indexOf(key.toUpperCase());
  const count = Math.max(2, Math.ceil(durationMs / FRAME_MS));
  return Array.from({ length: count }, (_, index) => {
    const last = index === count - 1;
    const payload = eventPayload(code, last, (index + 1) * FRAME_MS * UNITS_PER_MS);
    return { marker: index === 0, payloads: last ? [payload, payload, payload] : [payload] };
  });
}

/** RFC 4733, 2.3 */
function eventPayload(code: number, end: boolean, duration: number): Uint8Array {
  return Uint8Array.of(code, (end ? 0x80 : 0) | VOLUME, duration >> 8, duration & 0xff);
}
