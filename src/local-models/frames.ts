/**
 * Framed messages on a byte pipe, shared with `workers/frames.py`.
 *
 * A frame is: u32le length of what follows | u32le length of the header | header (JSON, UTF-8) | payload bytes.
 */
export interface Frame {
  readonly header: FrameHeader;
  readonly payload: Uint8Array;
}

/** Every header says its `type`; what else it holds depends on the protocol and is checked by the one who reads it. */
export interface FrameHeader {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** No answer of an engine comes near this (8 MiB are four minutes of PCM): a longer frame means a stream out of step. */
export const MAX_FRAME_BYTES = 8 * 1024 * 1024;

const PREFIX_BYTES = 8;
const LENGTH_BYTES = 4;

/** The stream is not made of frames; nothing after it can be trusted. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** One frame as bytes. */
export function encodeFrame(header: FrameHeader, payload: Uint8Array = new Uint8Array()): Buffer {
  const encoded = Buffer.from(JSON.stringify(header), 'utf8');
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + encoded.length + payload.length);
  frame.writeUInt32LE(LENGTH_BYTES + encoded.length + payload.length, 0);
  frame.writeUInt32LE(encoded.length, LENGTH_BYTES);
  frame.set(encoded, PREFIX_BYTES);
  frame.set(payload, PREFIX_BYTES + encoded.length);
  return frame;
}

/**
 * Cuts a byte stream into frames, whatever the borders of its chunks. Holds at most one frame of `maxBytes` and the last
 * chunk; the lengths are checked before anything is gathered, so a hostile length costs no memory.
 */
export class FrameParser {
  #chunks: Buffer[] = [];
  #bufferedBytes = 0;
  /** Length of the frame that is being gathered, with its length field; undefined until that has arrived. */
  #frameBytes: number | undefined;

  constructor(private readonly maxBytes: number = MAX_FRAME_BYTES) {}

  /** @throws FrameError when the stream makes no sense; the parser must not be used after that */
  push(chunk: Uint8Array): Frame[] {
    this.#chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#bufferedBytes += chunk.length;
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | undefined {
    if (this.#frameBytes === undefined) {
      if (this.#bufferedBytes < PREFIX_BYTES) return undefined;
      const head = this.#joined();
      const total = head.readUInt32LE(0);
      const headerBytes = head.readUInt32LE(LENGTH_BYTES);
      if (total > this.maxBytes || headerBytes + LENGTH_BYTES > total) {
        throw new FrameError(`impossible frame: ${total} bytes with a header of ${headerBytes}`);
      }
      this.#frameBytes = LENGTH_BYTES + total;
    }
    if (this.#bufferedBytes < this.#frameBytes) return undefined;
    const all = this.#joined();
    const frame = decode(all.subarray(0, this.#frameBytes));
    this.#chunks = [all.subarray(this.#frameBytes)];
    this.#bufferedBytes -= this.#frameBytes;
    this.#frameBytes = undefined;
    return frame;
  }

  /** Chunks are joined only when there is something to read, so that a large frame is not copied once a chunk. */
  #joined(): Buffer {
    const only = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    const all = only ?? Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}

function decode(bytes: Buffer): Frame {
  const headerEnd = PREFIX_BYTES + bytes.readUInt32LE(LENGTH_BYTES);
  let header: unknown;
  try {
    header = JSON.parse(bytes.toString('utf8', PREFIX_BYTES, headerEnd));
  } catch (cause) {
    throw new FrameError('the header of a frame is not JSON', { cause });
  }
  if (!isHeader(header)) throw new FrameError('the header of a frame has no type');
  // A copy of its own: an aligned buffer, and one that does not keep the whole chunk alive.
  return { header, payload: Uint8Array.prototype.slice.call(bytes, headerEnd) };
}

function isHeader(value: unknown): value is FrameHeader {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
