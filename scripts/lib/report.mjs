/** A mistake that a person can mend: printed as one line without a stack. */
export class SetupError extends Error {
  /**
   * @param {string} what what could not be done, in one sentence
   * @param {string} [mend] what to do about it, in one sentence
   */
  constructor(what, mend = 'Mend the cause and run the command again; finished steps are kept.') {
    super(what);
    this.mend = mend;
  }
}

const startedAt = performance.now();
const progressEveryMs = 2_000;
const quietMs = 15_000;

/** Prints the steps of the set-up: one line when a step begins, one every two seconds, one when it is done. */
export class Report {
  #lastProgressMs = new Map();

  begin(step, size) {
    this.line(step, size ? `… (${size})` : '…');
  }

  /** Shown at most every two seconds a step, so that parallel steps stay readable. */
  progress(step, text) {
    const nowMs = performance.now();
    if (nowMs - (this.#lastProgressMs.get(step) ?? 0) < progressEveryMs) return;
    this.#lastProgressMs.set(step, nowMs);
    this.line(step, text);
  }

  /** Says so where nothing was said for a while. */
  stillRunning(step) {
    if (performance.now() - (this.#lastProgressMs.get(step) ?? 0) > quietMs) this.progress(step, 'still running');
  }

  done(step, tookMs, detail) {
    this.line(step, `done in ${(tookMs / 1000).toFixed(1)} s${detail ? `, ${detail}` : ''}`);
  }

  warn(step, text) {
    this.line(step, `WARNING: ${text}`);
  }

  line(step, text) {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
    process.stdout.write(`${seconds} s  ${step.padEnd(16)} ${text}\n`);
  }
}

export function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
