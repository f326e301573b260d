import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TapMessage } from './messages.js';
import { pcapFileHeader, pcapRecord } from './pcap.js';
import { stereoWavHeader, WAV_HEADER_BYTES } from './wav-header.js';

interface TapFile {
  readonly descriptor: number;
  bytes: number;
}

/** A capture is for support, not for the archive: about half an hour of one call's media. */
export const MAX_CAPTURE_BYTES = 40 * 1024 * 1024;
/** A WAV file's sizes are 32 bits wide. */
const MAX_RECORDING_BYTES = 0xffff_ff00;

/**
 * Writes recordings (WAV) and captures (pcap), on a thread that may block. After each second of audio the header of the
 * WAV file says how long it is: a recording that a crash cut off is a valid file. Files are readable by their owner only.
 *
 * A file that cannot be written is told once by `trouble` and given up; the call goes on.
 */
export class TapWriter {
  readonly #files = new Map<number, TapFile>();

  constructor(private readonly trouble: (what: string, error: unknown) => void) {}

  handle(message: TapMessage): void {
    try {
      this.#write(message);
    } catch (error) {
      this.#close(message.tap);
      this.trouble('tap', error);
    }
  }

  #write(message: TapMessage): void {
    const file = this.#files.get(message.tap);
    switch (message.type) {
      case 'begin': {
        mkdirSync(dirname(message.path), { recursive: true });
        // `wx`: a recording is never written over.
        const descriptor = openSync(message.path, 'wx', 0o600);
        const header = message.kind === 'recording' ? stereoWavHeader(0) : pcapFileHeader();
        this.#files.set(message.tap, { descriptor, bytes: header.length });
        writeSync(descriptor, header, 0, header.length, 0);
        return;
      }
      case 'audio':
        if (file) this.#appendAudio(file, message.interleaved);
        return;
      case 'datagram':
        if (file && file.bytes < MAX_CAPTURE_BYTES) append(file, pcapRecord(message));
        return;
      case 'end':
        this.#close(message.tap);
    }
  }

  #appendAudio(file: TapFile, interleaved: Int16Array): void {
    if (file.bytes + interleaved.byteLength > MAX_RECORDING_BYTES) return;
    append(file, new Uint8Array(interleaved.buffer, interleaved.byteOffset, interleaved.byteLength));
    const header = stereoWavHeader(file.bytes - WAV_HEADER_BYTES);
    writeSync(file.descriptor, header, 0, header.length, 0);
  }

  #close(tap: number): void {
    const file = this.#files.get(tap);
    if (!file) return;
    this.#files.delete(tap);
    closeSync(file.descriptor);
  }
}

function append(file: TapFile, bytes: Uint8Array): void {
  writeSync(file.descriptor, bytes, 0, bytes.length, file.bytes);
  file.bytes += bytes.length;
}
