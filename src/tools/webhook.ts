import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { LeftByCaller } from '../dialog/ports.js';
import type { Clock } from '../kernel/clock.js';
import type { Sensitive } from '../kernel/sensitive.js';
import type { Carrier } from './outbox.js';

export interface WebhookOptions {
  readonly url: string;
  /** Key of the signature; absent: none is sent. */
  readonly secret: Sensitive<string> | undefined;
  readonly clock: Clock;
}

const DEADLINE_MS = 15_000;

/**
 * Posts what callers leave as JSON, a message with its sound in it. `x-handrail-signature` is `t=SECONDS,v1=HEX`: HMAC-SHA256
 * over `SECONDS.BODY`, so that nobody else’s post and no old one is taken for ours; `x-handrail-id` is the same for every try.
 */
export class Webhook implements Carrier {
  readonly name = 'webhook';

  constructor(private readonly options: WebhookOptions) {}

  async send(left: LeftByCaller, id: string): Promise<void> {
    const { clock, secret, url } = this.options;
    const body = await bodyOf(left);
    const seconds = String(Math.floor(clock.wallMs() / 1_000));
    const signature = secret && createHmac('sha256', secret.reveal()).update(`${seconds}.${body}`).digest('hex');
    const late = new AbortController();
    const cancel = clock.after(DEADLINE_MS, () => late.abort());
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-handrail-id': id,
          ...(signature === undefined ? {} : { 'x-handrail-signature': `t=${seconds},v1=${signature}` }),
        },
        body,
        // A redirect would lead what callers said to somebody else.
        redirect: 'manual',
        signal: late.signal,
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the service answered ${String(response.status)}`);
    } finally {
      cancel();
    }
  }
}

async function bodyOf(left: LeftByCaller): Promise<string> {
  if (left.type === 'callback') return JSON.stringify(left);
  const { file, ...message } = left;
  const audio = { type: 'audio/wav', base64: (await readFile(file)).toString('base64') };
  return JSON.stringify({ ...message, audio });
}
