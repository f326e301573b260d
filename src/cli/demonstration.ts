import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWav } from '../audio/wav.js';
import { sleep, type Clock } from '../kernel/clock.js';
import type { TurnRecord } from '../observability/turn-record.js';
import { SipCaller } from '../sip-caller/index.js';
import { askAdmin } from './admin-client.js';
import { describeTurn } from './turn-lines.js';

export interface DemonstrationLine {
  readonly sipHost: string;
  readonly sipPort: number;
  readonly extension: string;
  readonly adminUrl: string;
  readonly dataDir: string;
}

/** The private Asterisk knows callers from this address as test callers. */
const CALLER_ADDRESS = '127.0.0.2';
const PROMPT = { beginMs: 5_000, endMs: 25_000, silenceMs: 700 } as const;

/**
 * Places one call to the line, as a caller would: an order by voice, “yes” by key, the opening hours by key. Prints it turn
 * by turn as the controller recorded it.
 */
export async function demonstrate(
  line: DemonstrationLine,
  speechFolder: string,
  clock: Clock,
  print: (line: string) => void,
): Promise<void> {
  const order = await anOrder(speechFolder);
  const callerNumber = `555${String(Math.floor(clock.wallMs()) % 10_000).padStart(4, '0')}`;
  const call = await SipCaller.place({
    host: line.sipHost,
    port: line.sipPort,
    extension: line.extension,
    callerId: callerNumber,
    localAddress: CALLER_ADDRESS,
    clock,
  });
  print(`  answered after ${Math.round(call.answeredMs - call.invitedMs)} ms`);
  const hearOut = async (afterMs: number): Promise<void> => {
    await call.waitForSpeech({ afterMs, timeoutMs: PROMPT.beginMs });
    await call.waitForSilence({ ms: PROMPT.silenceMs, timeoutMs: PROMPT.endMs });
  };
  await hearOut(call.answeredMs);
  const played = await call.play(order);
  const answer = await call.waitForSpeech({ afterMs: played.lastVoicedSentMs, timeoutMs: PROMPT.beginMs });
  await hearOut(played.lastVoicedSentMs);
  for (const key of ['1', '2']) {
    const pressedMs = call.nowMs();
    await call.dtmf(key);
    await hearOut(pressedMs);
  }
  await call.hangup();
  await sleep(clock, 300);
  for (const turn of await turnsOf(line, callerNumber)) for (const text of describeTurn(turn)) print(text);
  if (answer)
    print(
      `  at the caller’s ear: ${Math.round(answer.firstVoicedMs - played.lastVoicedSentMs)} ms from last word to first sound`,
    );
}

async function anOrder(speechFolder: string): Promise<Int16Array> {
  const commands = JSON.parse(await readFile(join(speechFolder, 'commands.json'), 'utf8')) as readonly {
    readonly file: string;
    readonly slots: Readonly<Record<string, string>>;
  }[];
  const rich = commands.find((c) => Object.keys(c.slots).length >= 3) ?? commands[0];
  if (!rich) throw new Error(`no commands in ${speechFolder}`);
  return readWav(join(speechFolder, rich.file));
}

async function turnsOf(line: DemonstrationLine, callerNumber: string): Promise<readonly TurnRecord[]> {
  const calls = (await askAdmin(line, `/api/calls?caller=${callerNumber}`)) as readonly {
    readonly turns: readonly TurnRecord[];
  }[];
  return calls[0]?.turns ?? [];
}
