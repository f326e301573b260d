/** Where one leg's recording goes: caller left, bot right, interleaved. */
export interface RecordingTap {
  /** The array is the tap's own from then on. */
  audio(interleaved: Int16Array<ArrayBuffer>): void;
  end(): void;
}

/** Where one leg's datagrams go. */
export interface CaptureTap {
  /** `bytes` are only valid during the call. `in`: from Asterisk. */
  datagram(direction: 'in' | 'out', bytes: Uint8Array, nowMs: number): void;
  end(): void;
}
