/** Serial number arithmetic for RTP's 16-bit sequence numbers and 32-bit timestamps, which wrap (RFC 3550 §5.1, RFC 1982). */

/** How far `a` lies after `b`, in -32,768 … 32,767. */
export function sequenceDistance(a: number, b: number): number {
  return ((a - b) << 16) >> 16;
}

/** `sequence + steps`, wrapped to 16 bits. */
export function sequenceAdd(sequence: number, steps: number): number {
  return (sequence + steps) & 0xffff;
}

/** How far `a` lies after `b`, in -2^31 … 2^31 - 1. */
export function timestampDistance(a: number, b: number): number {
  return (a - b) | 0;
}

/** `timestamp + units`, wrapped to 32 bits, unsigned. */
export function timestampAdd(timestamp: number, units: number): number {
  return (timestamp + units) >>> 0;
}
