import { KeyCollector, type KeyEvent, type KeySpec } from '../fallback-ivr/key-collector.js';
import type { Cancel, Clock } from '../kernel/clock.js';

/** The key collector with its inter-digit timer. One for each question. */
export class KeyEntry {
  readonly #collector: KeyCollector;
  #cancelTimer: Cancel = () => undefined;
  #pressed = '';

  constructor(
    spec: KeySpec,
    private readonly interDigitMs: number,
    private readonly clock: Clock,
    private readonly onEvent: (event: KeyEvent, pressed: string) => void,
  ) {
    this.#collector = new KeyCollector(spec);
  }

  press(key: string): void {
    this.#cancelTimer();
    this.#pressed += key;
    const progress = this.#collector.press(key);
    if (progress.type !== 'more') return this.#tell(progress);
    this.#cancelTimer = this.clock.after(this.interDigitMs, () => this.#tell(this.#collector.timeout()));
  }

  cancel(): void {
    this.#cancelTimer();
  }

  #tell(event: KeyEvent): void {
    const pressed = this.#pressed;
    this.#pressed = '';
    this.onEvent(event, pressed);
  }
}
