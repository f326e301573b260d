/**
 * A caller inside a closed room, which the test outside cannot call from: told what to do by lines on standard input,
 * answers each with one line of JSON. `node room-caller.mjs FOLDER-OF-HANDRAIL CALLER-NUMBER`
 *
 *   listen        waits until the line has spoken and is silent
 *   press KEY     presses a key and waits until the line speaks: how long it took, or null
 *   play FILE     speaks a WAV and waits until the line has answered
 *   hangup        ends the call and this program
 */
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [root, callerId] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(`${root}/dist/src/${path}`).href);
const { SipCaller } = await load('sip-caller/index.js');
const { readWav } = await load('audio/wav.js');
const { readRunInfo } = await load('cli/run-info.js');

const line = await readRunInfo();
const call = await SipCaller.place({ host: line.sipHost, port: line.sipPort, extension: line.extension, callerId });
const answerWithin = { timeoutMs: 10_000 };

const acts = {
  async listen() {
    const heard = await call.waitForSpeech({ afterMs: call.answeredMs, ...answerWithin });
    await call.waitForSilence({ ms: 700, timeoutMs: 40_000 });
    return heard ? heard.firstVoicedMs - call.answeredMs : null;
  },
  async press(key) {
    const afterMs = call.nowMs();
    await call.dtmf(key);
    const heard = await call.waitForSpeech({ afterMs, ...answerWithin });
    return heard ? heard.firstVoicedMs - afterMs : null;
  },
  async play(file) {
    const { lastVoicedSentMs } = await call.play(await readWav(file));
    const heard = await call.waitForSpeech({ afterMs: lastVoicedSentMs, ...answerWithin });
    await call.waitForSilence({ ms: 700, timeoutMs: 40_000 });
    return heard ? heard.firstVoicedMs - lastVoicedSentMs : null;
  },
  hangup: () => call.hangup(),
};

console.log(JSON.stringify({ answered: true }));
for await (const command of createInterface({ input: process.stdin })) {
  const [name, word] = command.split(' ');
  console.log(JSON.stringify({ [name]: await acts[name](word) }));
  if (name === 'hangup') break;
}
process.exit(0);
