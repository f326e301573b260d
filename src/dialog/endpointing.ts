import type { Understanding } from './ports.js';

/** Milliseconds of silence after the caller's last voiced sample. */
export interface EndpointingOptions {
  /** @defaultValue 250 the pause after which a complete and confident sentence is answered */
  readonly minEndpointMs: number;
  /** @defaultValue 1000 the pause after which the utterance is over, whatever was understood */
  readonly maxEndpointMs: number;
}

/** How far towards the maximum a complete sentence waits that may go on: a breath is shorter in 97 of 100 recorded orders. */
const BREATH = 0.25;

/**
 * When the caller has finished, decided by *what* was said and not by silence alone: a complete, confident sentence is
 * answered at the minimum pause, a little later when people often go on there (“a light roast espresso … with sugar”); an
 * open end (“a latte with …”, three of four digits) is given the maximum; everything between gets the middle, because a
 * pause after an unclear sentence is more often an end than a breath.
 *
 * @returns the silence to wait for, counted from the last voiced sample
 */
export function endpointAfterMs(heard: Understanding | undefined, accept: number, options: EndpointingOptions): number {
  const { minEndpointMs, maxEndpointMs } = options;
  const between = (share: number): number => Math.round(minEndpointMs + share * (maxEndpointMs - minEndpointMs));
  if (!heard) return maxEndpointMs;
  const best = heard.hypotheses[0]?.probability ?? 0;
  if (heard.complete && best >= accept) return heard.mayGoOn ? between(BREATH) : minEndpointMs;
  return heard.openEnd ? maxEndpointMs : between(0.5);
}
