import { g711 } from '../src/externalmedia/g711.js';
import { sleep, systemClock } from '../src/kernel/clock.js';
import { Distribution, SipCaller, type CallerCall } from '../src/sip-caller/index.js';
import { placeCrowdCall } from './media-crowd.js';
import { FarEnds } from './media-far-ends.js';

/** What the bench tells a process of callers. */
export type CallersCommand =
  /** Places calls one after another; they speak the clip, µ-law, in a loop. Answered by `placed`. */
  | {
      readonly type: 'place';
      /** One that hears everything, as our telephone does, or many that only send and count. */
      readonly as: 'probe' | 'crowd';
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
  /** How late their own 20 ms clock was; the probe's from the answer on. */
  readonly latenessMsP99: number;
}

type Place = Extract<CallersCommand, { type: 'place' }>;

interface Callers {
  place(n: number, callerId: string, command: Place): Promise<void>;
  mark(): void;
  figures(): CallersFigures;
}

class Crowd implements Callers {
  readonly #ends = new FarEnds();

  place(index: number, callerId: string, command: Place): Promise<void> {
    return placeCrowdCall(this.#ends, { ...command, callerId, index });
  }

  mark(): void {
    this.#ends.mark();
  }

  figures(): CallersFigures {
    const { received, lost, gapMs, latenessMsP99 } = this.#ends.figures();
    return { received, lost, gapMsP99: gapMs.p99, latenessMsP99 };
  }
}

class Probe implements Callers {
  readonly #calls: CallerCall[] = [];
  #markMs = 0;
  #lostBefore = 0;

  async place(_n: number, callerId: string, command: Place): Promise<void> {
    const samples = new Int16Array(command.clip.length);
    g711('ulaw').decode(command.clip, 0, command.clip.length, samples);
    const call = await SipCaller.place({ ...command, callerId });
    this.#calls.push(call);
    void speak(call, samples);
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

async function placeAll(callers: Callers, command: Place): Promise<number> {
  let answered = 0;
  for (let n = 0; n < command.calls; n++) {
    // One that is not answered is missing in the number; the others go on.
    void callers.place(n, `9${String(process.pid)}${String(n).padStart(4, '0')}`, command).then(
      () => answered++,
      () => undefined,
    );
    await sleep(systemClock, command.everyMs);
  }
  await sleep(systemClock, 1_000);
  return answered;
}

let callers: Callers | undefined;
process.on('message', (command: CallersCommand) => {
  switch (command.type) {
    case 'place':
      callers = command.as === 'probe' ? new Probe() : new Crowd();
      void placeAll(callers, command).then((answered) => report({ type: 'placed', answered }));
      return;
    case 'mark':
      callers?.mark();
      return;
    case 'report':
      if (callers) report({ type: 'heard', figures: callers.figures() });
  }
});
process.on('disconnect', () => process.exit());
report({ type: 'ready' });
