import { sleep, systemClock } from '../src/kernel/clock.js';
import { placeCrowdCall } from './media-crowd.js';
import { FarEnds } from './media-far-ends.js';

/** What the bench tells a process of callers. */
export type CallersCommand =
  /** Places calls one after another; they speak the clip, µ-law, in a loop. Answered by `placed`. */
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
  /** Between two packets of one call, as the kernel took them. */
  readonly gapMsP99: number;
  /** How late their own 20 ms clock was. */
  readonly latenessMsP99: number;
}

type Place = Extract<CallersCommand, { type: 'place' }>;

async function place(ends: FarEnds, command: Place): Promise<number> {
  let answered = 0;
  for (let index = 0; index < command.calls; index++) {
    const callerId = `9${String(process.pid)}${String(index).padStart(4, '0')}`;
    // One that is not answered is missing in the number; the others go on.
    void placeCrowdCall(ends, { ...command, callerId, index }).then(
      () => answered++,
      () => undefined,
    );
    await sleep(systemClock, command.everyMs);
  }
  await sleep(systemClock, 1_000);
  return answered;
}

function figuresOf(ends: FarEnds): CallersFigures {
  const { received, lost, gapMs, latenessMsP99 } = ends.figures();
  return { received, lost, gapMsP99: gapMs.p99, latenessMsP99 };
}

function report(message: CallersReport): void {
  process.send?.(message);
}

const ends = new FarEnds();
process.on('message', (command: CallersCommand) => {
  switch (command.type) {
    case 'place':
      void place(ends, command).then((answered) => report({ type: 'placed', answered }));
      return;
    case 'mark':
      ends.mark();
      return;
    case 'report':
      report({ type: 'heard', figures: figuresOf(ends) });
  }
});
process.on('disconnect', () => process.exit());
report({ type: 'ready' });
