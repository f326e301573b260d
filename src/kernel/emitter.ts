/** A function that ends a subscription. Calling it twice is harmless. */
export type Unsubscribe = () => void;

/**
 * A typed emitter over one discriminated union of events. A listener that throws never stops the others nor the sender:
 * its error goes to `onListenerError` (see mediasoup's enhanced events for the idea).
 */
export class Emitter<Event> {
  readonly #listeners = new Set<(event: Event) => void>();

  constructor(private readonly onListenerError: (error: unknown) => void = reportLater) {}

  subscribe(listener: (event: Event) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  emit(event: Event): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        this.onListenerError(error);
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}

/** An unexpected listener error surfaces as an unhandled rejection, which the composition root logs; media goes on. */
function reportLater(error: unknown): void {
  void Promise.reject(error instanceof Error ? error : new Error(String(error)));
}
