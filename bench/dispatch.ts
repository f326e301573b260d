import { HandrailError, explain } from '../src/kernel/errors.js';
import { benchBargeIn } from './bargein/command.js';
import { benchConverse } from './converse/command.js';
import { benchBundle } from './bundle.js';
import { benchEndpointing } from './endpointing/command.js';
import { benchIntents } from './intents/command.js';
import { benchMedia } from './media-command.js';
import { benchRecognition } from './recognition/command.js';
import { benchSizing } from './sizing/command.js';
import { benchUnderstanding } from './understanding/command.js';
import type { BenchTools } from './tools.js';
import { benchTurn } from './turn/command.js';
import { benchV2v } from './v2v-command.js';
import { benchWeb } from './web/command.js';

const usage = `npm run bench -- turn [--speech DIR] [--only TEXT] [--json FILE]
  turn  all that is asked of a turn, by the benches below, and the table of goals and figures; --only: the parts whose name contains TEXT
npm run bench -- v2v [--speech DIR] [--flow FILE] [--turns N] [--calls 1,2] [--every SECONDS] [--json FILE] [--running]
  v2v   voice to voice: how long a caller waits for the first sound of an answer, and how many are understood;
        with --every each caller takes a turn so often, speaking into the prompt
npm run bench -- media [--speech DIR] [--seconds N] [--legs 100,300] [--set-ups N] [--bridged N] [--orders N] [--json FILE]
  media  packets a second, processor and memory of a call, lateness of the media clock, floods, calls through a real Asterisk
        (--bridged, 0 for none), orders understood through bad lines (--orders, 0 for none)
npm run bench -- understanding [--speech DIR] [--flow FILE] [--other FILE] [--limit N] [--only TEXT] [--model ID] [--width N]
                                [--calibration FILE] [--strangers DIR] [--json FILE]
  understanding  what recogniser and NLU make of recorded callers: requests, digit strings, speech from outside;
        --limit: the most samples of each kind; --only: the kinds whose name contains TEXT; --model: as in models/manifest.json;
        --other: a flow of another trade, without it a bank's; --width: beams of the search; --calibration: a confidence model, or \`none\`;
        --strangers: digit models digits-SPEAKER.npz that have not learnt from that speaker, such as bench/recognition/strangers
npm run bench -- recognition [--speech DIR] [--flow FILE] [--limit N] [--model ID] [--width N] [--json FILE]
  recognition  how long one worker with one thread takes for an utterance of about 3 s, clean and in noise, and over 2,000 names
npm run bench -- bargein [--speech DIR] [--flow FILE] [--trials N] [--speakers N] [--calls N] [--only TEXT] [--json FILE] [--running]
  bargein  how long the bot is still heard when a caller speaks or presses a key, and what a cough or an echo does
npm run bench -- converse [--flow FILE] [--node ID] [--ask FILE] [--model NAME] [--questions N] [--json FILE]
  converse  how long a caller waits for a written answer, and for the first sound and word of the language model's; facts that a model tells rightly
npm run bench -- endpointing [--speech DIR] [--flow FILE] [--orders N] [--digits N] [--recognition MS] [--strangers DIR] [--timelines FILE] [--json FILE]
  endpointing  callers that are cut off in a pause, and how long finished ones wait; no Asterisk, no clock;
        --recognition: no recognition counts for more, where other work slows the machine;
        --strangers: models that have not learnt from whoever speaks, such as bench/recognition/strangers;
        --timelines: writes what detector and recogniser made of each recording
npm run bench -- intents --intents DIR [--limit N] [--menus N] [--json FILE]
  intents  what the intent classifier makes of written sentences: CLINC150 and BANKING77, ten examples an intent;
        --limit: the most sentences of each set; --menus: menus of eight intents that are made of each set
npm run bench -- bundle [--json FILE]
  bundle  packs this Handrail for a machine without internet, installs it beside, and calls it: sizes and times
npm run bench -- sizing [--minutes N] [--most N] [--speech DIR] [--json FILE]
  sizing  how many calls this machine serves by voice, what stops it, and what one more core or a GPU would bring
npm run bench -- web [--nodes 200,2000] [--rounds N] [--json FILE]
  web  how long the admin page takes to show a flow of so many nodes and to answer a hand, and how big it is
  --speech   a folder with commands.json; without it HANDRAIL_SPEECH, else the folder that set-up found or made
  --flow     the flow that the callers of \`--speech\` talk to; without it the café
  --running  measures the Handrail that was started by \`npm start\` instead of a fresh one`;

const benches: Readonly<Record<string, (args: readonly string[], tools: BenchTools) => Promise<unknown>>> = {
  turn: benchTurn,
  v2v: benchV2v,
  media: (args, { print }) => benchMedia(args, print),
  intents: (args, { print }) => benchIntents(args, print),
  recognition: (args, { print }) => benchRecognition(args, print),
  understanding: (args, { print }) => benchUnderstanding(args, print),
  bargein: benchBargeIn,
  bundle: (args, { print }) => benchBundle(args, print),
  sizing: benchSizing,
  endpointing: (args, { print }) => benchEndpointing(args, print),
  converse: benchConverse,
  web: (args, { print }) => benchWeb(args, print),
};

/** @returns the exit status */
export async function runBench(args: readonly string[], tools: BenchTools): Promise<number> {
  const [name = '', ...rest] = args;
  try {
    const bench = benches[name];
    if (!bench) throw new HandrailError('HR_USAGE', `There is no bench "${name}".`);
    await bench(rest, tools);
    return 0;
  } catch (error) {
    const isUsage = error instanceof HandrailError && error.code === 'HR_USAGE';
    tools.print(isUsage ? `${explain(error)}\n${usage}` : explain(error));
    return 1;
  }
}
