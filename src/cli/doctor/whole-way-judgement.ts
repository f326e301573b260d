import type { WayReport } from './audio-loop.js';
import { ok, problem, warning, type Finding } from './check.js';

/** What became of a test call through the dialplan. Milliseconds; `undefined` for what did not happen. */
export type Arrival =
  | {
      readonly type: 'handrail';
      readonly answeredAfterMs: number;
      readonly formats: string | undefined;
      /** From the answer to the first word. */
      readonly voiceAfterMs: number | undefined;
      readonly keyAfterMs: number | undefined;
    }
  | {
      readonly type: 'doctor';
      readonly answeredAfterMs: number;
      readonly formats: string | undefined;
      readonly echo: WayReport;
      /** Of the leg to Handrail. */
      readonly codec: string;
      readonly keyAfterMs: number | undefined;
    }
  | { readonly type: 'unanswered' }
  /** Somebody answered, but not the application. */
  | { readonly type: 'elsewhere'; readonly answeredAfterMs: number }
  /** Another program holds the application, or a controller that died. */
  | { readonly type: 'not-served' };

/** What callers get when Handrail is away; not tried while it serves. */
export type Fallback =
  { readonly answeredAfterMs: number | undefined; readonly voiceAfterMs?: number | undefined } | 'not-tried';

export interface WholeWayReport {
  readonly line: string;
  readonly arrival: Arrival;
  readonly fallback: Fallback;
}

/** Above these a conversation suffers. */
const LIMITS = { lossShare: 0.01, roundTripMs: 150, voiceMs: 1_500 } as const;

export function judgeArrival({ line, arrival }: WholeWayReport): Finding {
  switch (arrival.type) {
    case 'handrail':
      return ok(`${line} came to Handrail, answered after ${ms(arrival.answeredAfterMs)}`);
    case 'doctor':
      return ok(`${line} came to the application, answered after ${ms(arrival.answeredAfterMs)} (by doctor itself)`);
    case 'elsewhere':
      return problem(
        `${line} was answered after ${ms(arrival.answeredAfterMs)}, but not by the application`,
        'Look where the extension leads: `dialplan show` on Asterisk’s console. It must come to Stasis() before an Answer().',
      );
    case 'unanswered':
      return problem(
        `nobody answered ${line}`,
        'Is the context there? `npx handrail install --pbx` writes it, `core reload` loads it.',
      );
    case 'not-served':
      return warning(
        `${line} not called: whoever holds the application does not serve it`,
        'See the line “application”; then run doctor again.',
      );
  }
}

export function judgeSound({ arrival }: WholeWayReport): Finding {
  if (arrival.type === 'handrail') {
    const { voiceAfterMs } = arrival;
    const found = `${codecs(arrival.formats)}; `;
    if (voiceAfterMs === undefined)
      return problem(`${found}Handrail was not heard`, 'Look at media.host and at the firewall between the two.');
    const heard = `${found}Handrail was heard ${ms(voiceAfterMs)} after its answer`;
    return voiceAfterMs > LIMITS.voiceMs ? warning(heard, 'Look at the load of both machines.') : ok(heard);
  }
  if (arrival.type !== 'doctor') return notTried;
  const { sent, received, medianMs, p99Ms, jitterMs } = arrival.echo;
  const found = `${codecs(arrival.formats)}, ${arrival.codec} to Handrail; ${String(received)} of ${String(sent)} packets there and back in ${ms(medianMs)} (p99 ${ms(p99Ms)}), jitter ${ms(jitterMs)}`;
  if (received === 0)
    return problem(found, 'Look at media.host, and at the firewall between Asterisk and this machine (UDP).');
  if (received < sent * (1 - LIMITS.lossShare)) return warning(found, 'Packets are lost: look at the network.');
  if (medianMs > LIMITS.roundTripMs) return warning(found, 'It is late: run Handrail nearer to Asterisk.');
  return ok(found);
}

export function judgeKey({ arrival }: WholeWayReport): Finding {
  if (arrival.type !== 'handrail' && arrival.type !== 'doctor') return notTried;
  return arrival.keyAfterMs === undefined
    ? problem('a key that was pressed did not arrive', 'Look at `dtmf_mode` of the endpoints, and at Asterisk’s log.')
    : ok(`a key arrived after ${ms(arrival.keyAfterMs)}`);
}

export function judgeFallback({ line, fallback, arrival }: WholeWayReport): Finding {
  if (fallback === 'not-tried') {
    const why = arrival.type === 'handrail' ? 'Handrail serves' : 'nobody could be called';
    return warning(`not tried: ${why}`, 'Stop Handrail and run doctor again: it calls the menu that callers get then.');
  }
  if (fallback.answeredAfterMs === undefined)
    return problem(
      `${line} is not answered while Handrail is away`,
      'The dialplan must go on after Stasis(), to a menu that begins with Answer().',
    );
  const answered = `while Handrail is away ${line} is answered after ${ms(fallback.answeredAfterMs)}`;
  return fallback.voiceAfterMs === undefined
    ? problem(
        `${answered}, and nothing is heard`,
        'Look at the sounds of the menu: Asterisk’s log names what it misses.',
      )
    : ok(`${answered} and the menu is heard ${ms(fallback.voiceAfterMs)} later`);
}

const notTried = warning('not tried', 'See the line “test call”.');

/** Asterisk writes them as `(ulaw|alaw)`. */
function codecs(formats: string | undefined): string {
  const named = formats?.replace(/[()]/g, '').replaceAll('|', ', ');
  return named === undefined || named === '' ? 'codec unknown' : `caller’s codec ${named}`;
}

function ms(value: number): string {
  return `${String(Math.round(value))} ms`;
}
