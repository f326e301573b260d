import { sleep, systemClock } from '../../src/kernel/clock.js';
import type { Fault } from './fault.js';

const DETECTED_MS = 2_000;
const RETURN_MS = 5_000;
const LOSS_MS = 5_000;
const LIVE_CALLS = 5;

/** Ends Asterisk under live calls and starts it again; the controller has as long as the bound to be back. */
function restartOf(signal: 'SIGTERM' | 'SIGKILL', words: string): Fault {
  return {
    name: `Asterisk: ${words}, new calls`,
    boundMs: RETURN_MS,
    newCalls: true,
    inject: async (w) => {
      for (let i = 0; i < LIVE_CALLS; i++) await w.call();
      await sleep(systemClock, 1_000);
      await w.stopAsterisk(signal);
      await w.line.hangupAll();
      await w.startAsterisk();
    },
  };
}

/** Node's own by their handles, which Node must not lose sight of; then those of the native part by their numbers. */
const closeUdpSockets = `{
  for (const one of process._getActiveHandles()) if (one.constructor.name === 'Socket' && one.bind) one.close();
  const { closeSync, readFileSync, readdirSync, readlinkSync } = process.getBuiltinModule('node:fs');
  const inodes = new Set(readFileSync('/proc/net/udp', 'utf8').split('\\n').map((row) => row.trim().split(/ +/)[9]));
  const inodeOf = (fd) => { try { return readlinkSync('/proc/self/fd/' + fd).match(/^socket:\\[(.*)\\]$/)?.[1] ?? 'none'; } catch { return 'gone'; } };
  for (const fd of readdirSync('/proc/self/fd')) if (inodes.has(inodeOf(fd))) closeSync(Number(fd));
}`;

export const asteriskFaults: readonly Fault[] = [
  {
    name: 'media: our thread dies',
    boundMs: DETECTED_MS,
    owed: true,
    inject: async (w) => {
      const inspector = await w.inspect();
      await inspector.evaluateInWorkers('process.exit(1)');
      inspector.close();
    },
  },
  {
    name: 'media: our sockets closed',
    boundMs: DETECTED_MS,
    owed: true,
    inject: async (w) => {
      const inspector = await w.inspect();
      await inspector.evaluateInWorkers(closeUdpSockets);
      inspector.close();
    },
  },
  {
    name: 'media: Asterisk ends its side',
    boundMs: DETECTED_MS,
    owed: true,
    inject: async (w) => {
      for (const name of await w.line.mediaChannels()) await w.line.stack.pbx.cli(`channel request hangup ${name}`);
    },
  },
  {
    name: 'media: 30 % loss for 5 s',
    boundMs: DETECTED_MS,
    inject: (w) => {
      w.loss = 0.3;
      setTimeout(() => (w.loss = 0), LOSS_MS);
    },
    holdMs: LOSS_MS,
  },
  {
    name: 'Asterisk: reload',
    boundMs: 1_200,
    inject: async (w) => void (await w.line.stack.pbx.cli('core reload')),
  },
  restartOf('SIGTERM', 'stopped and started'),
  restartOf('SIGKILL', 'kill -9 and started'),
  {
    name: 'Asterisk: stopped gracefully',
    boundMs: 1_200,
    inject: (w) => w.askAsteriskToStop(),
    after: async (w) => {
      const ended = await Promise.race([w.asteriskEnded.then(() => true), sleep(systemClock, RETURN_MS)]);
      if (!ended) return ['Asterisk did not end with its last call'];
      await w.startAsterisk();
      const next = await w.call();
      const greeted = await next.phone.waitForSpeech({ afterMs: next.phone.answeredMs, timeoutMs: RETURN_MS });
      await next.phone.hangup();
      return greeted ? [] : ['nobody was served after its return'];
    },
  },
  {
    name: 'clock: jumps by an hour',
    boundMs: 1_200,
    inject: async (w) => {
      const inspector = await w.inspect();
      inspector.evaluate('{ const now = Date.now; Date.now = () => now() + 3_600_000; }');
      inspector.close();
    },
    // A process whose clock was bent is not used on.
    heal: (w) => w.signalController('SIGKILL'),
  },
];
