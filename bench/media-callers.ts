import { g711 } from '../src/externalmedia/g711.js';
import { sleep, systemClock } from '../src/kernel/clock.js';
import { Distribution, SipCaller, type CallerCall } from '../src/sip-caller/index.js';

/** What the bench tells a process of callers. */
export type CallersCommand =
  /** Places calls one after another; they speak the clip, µ-law, in a loop. */
  | {
      readonly type: 'place';
      readonly host: string;
      readonly port: number;
      readonly extension: string;
      readonly calls: number;
      readonly everyMs: number;
      readonly clip: Uint8Array;
    }
  /** Forgets what was heard before. */
  | { readonly type: 'mark' }
  | { readonly type: 'report' };

export type CallersReport =
  | { readonly type: 'ready' }
  | { readonly type: 'placed'; readonly answered: number }
  | { readonly type: 'heard'; readonly figures: CallersFigures };

/** What these callers heard since `mark`. */
export interface CallersFigures {
  readonly received: number;
  /** Packets that Asterisk numbered and nobody got. */
  readonly lost: number;
  /** Between two packets of one call. */
  readonly gapMsP99: number;
  /** How late their own 20 ms clock was, from the answer on. */
  readonly latenessMsP99: number;
}

/** Callers with SIP and RTP in a process of their own. */
class Callers {
  readonly #calls: CallerCall[] = [];
  #markMs = 0;
  #lostBefore = 0;

  async place(command: Extract<CallersCommand, { type: 'place' }>): Promise<number> {
    const samples = new Int16Array(command.clip.length);
    g711('ulaw').decode(command.clip, 0, command.clip.length, samples);
    for (let n = 0; n < command.calls; n++) {
      // One that is not answered is missing in the number; the others go on.
      void SipCaller.place({ ...command, callerId: `9${String(process.pid)}${String(n).padStart(4, '0')}` }).then(
        (call) => {
          this.#calls.push(call);
          void speak(call, samples);
        },
        () => undefined,
      );
      await sleep(systemClock, command.everyMs);
    }
    await sleep(systemClock, 1_000);
    return this.#calls.length;
  }

  mark(): void {
    this.#markMs = systemClock.nowMs();
    this.#lostBefore = this.#lost();
  }

  figures(): CallersFigures {
    const gaps = new Distribution();
    const lateness = new Distribution();
    let received = 0;
    for (const call of this.#calls) {
      const frames = call.heard.frames.filter(({ atMs }) => atMs >= this.#markMs);
      received += frames.length;
      frames.forEach(({ atMs }, n) => n > 0 && gaps.add(atMs - (frames[n - 1]?.atMs ?? atMs)));
      lateness.addAll(call.lateness);
    }
    return {
      received,
      lost: this.#lost() - this.#lostBefore,
      gapMsP99: gaps.percentile(0.99),
      latenessMsP99: lateness.percentile(0.99),
    };
  }

  #lost(): number {
    return this.#calls.reduce((sum, { stats }) => sum + stats.lost, 0);
  }
}

async function speak(call: CallerCall, samples: Int16Array): Promise<void> {
  for (let over = false; !over;) {
    await call.play(samples);
    over = await Promise.race([call.ended.then(() => true), Promise.resolve(false)]);
  }
}

function report(message: CallersReport): void {
  process.send?.(message);
}

const callers = new Callers();
process.on('message', (command: CallersCommand) => {
  switch (command.type) {
    case 'place':
      void callers.place(command).then((answered) => report({ type: 'placed', answered }));
      return;
    case 'mark':
      callers.mark();
      return;
    case 'report':
      report({ type: 'heard', figures: callers.figures() });
  }
});
process.on('disconnect', () => process.exit());
report({ type: 'ready' });
