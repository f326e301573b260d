import { Emitter, type Unsubscribe } from '../kernel/emitter.js';
import { channelOf } from './messages.js';
import type { AriEvent } from './port.js';

/** More than the events of a busy minute; then the oldest are worth nothing any more. */
const MAX_KEPT = 1_000;

/**
 * Hands events to all listeners and to those of one channel. With `keepUntilSubscribed`, events that come before the first
 * listener are kept for it: calls may arrive between the opening of the websocket and the first line that can know of it.
 */
export class EventHub {
  readonly #all: Emitter<AriEvent>;
  readonly #byChannel = new Map<string, { readonly emitter: Emitter<AriEvent>; listeners: number }>();
  #kept: AriEvent[] | undefined;
  #hasListener = false;

  constructor(
    private readonly onListenerError: (error: unknown) => void,
    options: { readonly keepUntilSubscribed: boolean },
  ) {
    this.#kept = options.keepUntilSubscribed ? [] : undefined;
    this.#all = new Emitter(onListenerError);
  }

  emit(event: AriEvent): void {
    if (!this.#kept) {
      this.#all.emit(event);
    } else {
      this.#kept.push(event);
      if (this.#kept.length > MAX_KEPT) this.#kept.shift();
    }
    const channelId = channelOf(event);
    if (channelId !== undefined) this.#byChannel.get(channelId)?.emitter.emit(event);
  }

  subscribe(listener: (event: AriEvent) => void): Unsubscribe {
    const unsubscribe = this.#all.subscribe(listener);
    if (!this.#hasListener && this.#kept) {
      this.#hasListener = true;
      queueMicrotask(() => this.#deliverKept());
    }
    return unsubscribe;
  }

  onChannel(channelId: string, listener: (event: AriEvent) => void): Unsubscribe {
    const entry = this.#byChannel.get(channelId) ?? {
      emitter: new Emitter<AriEvent>(this.onListenerError),
      listeners: 0,
    };
    this.#byChannel.set(channelId, entry);
    entry.listeners++;
    const unsubscribe = entry.emitter.subscribe(listener);
    let active = true;
    return () => {
      if (!active) return;
      active = false;
      unsubscribe();
      if (--entry.listeners === 0 && this.#byChannel.get(channelId) === entry) this.#byChannel.delete(channelId);
    };
  }

  /** Forgets all listeners. */
  clear(): void {
    this.#all.clear();
    this.#byChannel.clear();
    this.#kept = undefined;
  }

  #deliverKept(): void {
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    for (const event of kept) this.#all.emit(event);
  }
}
