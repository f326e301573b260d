import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HandrailError } from '../src/kernel/errors.js';
export { spread } from '../src/cli/spread.js';
import type { MeaningRecord, TurnRecord } from '../src/observability/turn-record.js';

/** One spoken order of a speech folder (commands.json). */
export interface SpokenCommand {
  /** Relative to the folder. */
  readonly file: string;
  readonly intent: string;
  readonly slots: Readonly<Record<string, string>>;
}

/** How a command fared: what the flow was given, against what was said. */
export type Verdict = 'understood' | 'acted-wrong' | 'not-understood';

/** @throws HandrailError HR_USAGE when the folder has no usable commands.json */
export async function readCommands(folder: string): Promise<readonly SpokenCommand[]> {
  const path = join(folder, 'commands.json');
  try {
    const commands = JSON.parse(await readFile(path, 'utf8')) as readonly SpokenCommand[];
    if (Array.isArray(commands) && commands.length > 0) return commands;
  } catch (cause) {
    throw new HandrailError('HR_USAGE', `${path} cannot be read.`, { cause });
  }
  throw new HandrailError('HR_USAGE', `${path} lists no commands.`);
}

/**
 * Understood: the right intent and exactly the right slots were accepted, or are being confirmed. Acted wrong: another
 * meaning was accepted without asking. Everything else (asked again, wrong thing to confirm, keypad) is not understood.
 */
export function judge(command: SpokenCommand, turn: TurnRecord | undefined): Verdict {
  if (turn?.input.type !== 'speech') return 'not-understood';
  const right = meansTheSame(command, turn.input.meaning);
  if (turn.outcome === 'accepted') return right ? 'understood' : 'acted-wrong';
  return turn.outcome === 'confirm' && right ? 'understood' : 'not-understood';
}

/**
 * Judges all that was understood of one order. A line that takes a pause for the end hears an order in parts: what it did
 * with one part counts, whatever it did with the others.
 */
export function judgeAll(command: SpokenCommand, turns: readonly TurnRecord[]): Verdict {
  const verdicts = turns.map((turn) => judge(command, turn));
  if (verdicts.includes('acted-wrong')) return 'acted-wrong';
  return verdicts.includes('understood') ? 'understood' : 'not-understood';
}

function meansTheSame(command: SpokenCommand, meaning: MeaningRecord): boolean {
  const expected = Object.entries(command.slots);
  return (
    command.intent === meaning.intent &&
    expected.length === Object.keys(meaning.slots).length &&
    expected.every(([name, value]) => meaning.slots[name] === value)
  );
}
