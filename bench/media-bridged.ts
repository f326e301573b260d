import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOf } from '../src/ari/address.js';
import { connectAri } from '../src/ari/ari-client-adapter.js';
import { isOwnChannelId } from '../src/ari/ids.js';
import type { AriPort } from '../src/ari/port.js';
import { freePbxPorts, startPrivatePbx } from '../src/cli/private-pbx.js';
import { CallLine } from '../src/dialog/call-line.js';
import { createMediaPlane } from '../src/externalmedia/media-plane.js';
import type { MediaPlane, MediaTransport, SharedPcm } from '../src/externalmedia/port.js';
import { sleep, systemClock } from '../src/kernel/clock.js';
import { silentLogger } from '../src/kernel/log.js';
import { sensitive } from '../src/kernel/sensitive.js';
import { ChildHandle } from './child-handle.js';
import type { CallersCommand, CallersFigures, CallersReport } from './media-callers.js';

export interface BridgedOptions {
  readonly transport: MediaTransport;
  readonly calls: number;
  readonly watchMs: number;
  readonly vadModelPath: string | undefined;
  /** What the callers say, µ-law in whole frames. */
  readonly clip: Uint8Array;
  /** What our side says, again and again. */
  readonly prompt: SharedPcm;
}

export interface BridgedFigures {
  readonly bridged: number;
  /** Packets of Asterisk's that never came to us, and of ours that never came to a caller. */
  readonly lost: number;
  /** One caller in a process of its own. */
  readonly probe: CallersFigures;
  readonly crowd: CallersFigures;
  readonly pacerLateMsP99: number;
  /** Shares of a core for all calls together. */
  readonly ourCpu: number;
  readonly asteriskCpu: number;
}

const HOST = '127.0.0.1';
const APP = 'handrail';
const EXTENSION = '100';
/** Ten new calls a second. */
const EVERY_MS = 100;
/** Two legs a call, each with RTP and RTCP. */
const PORTS_PER_CALL = 4;

/** Calls over SIP through a private Asterisk to the media plane of this process: everything but the dialog is real. */
export async function measureBridged(options: BridgedOptions): Promise<BridgedFigures> {
  const runDir = await mkdtemp(join(tmpdir(), 'handrail-bridged-'));
  const ariPassword = randomBytes(12).toString('hex');
  const { sipPort, httpPort } = await freePbxPorts();
  const rtpStart = 20_000;
  const pbx = await startPrivatePbx({
    runDir,
    sipPort,
    httpPort,
    rtpStart,
    rtpEnd: rtpStart + PORTS_PER_CALL * (options.calls + 25),
    ariPassword,
    softphonePassword: randomBytes(12).toString('hex'),
    clock: systemClock,
    log: silentLogger,
  });
  const { vadModelPath } = options;
  const plane = createMediaPlane({ clock: systemClock, ...(vadModelPath === undefined ? {} : { vadModelPath }) });
  const started: { stop(): void }[] = [];
  try {
    const password = sensitive(ariPassword);
    const ari = await connectAri({
      address: addressOf({ url: pbx.ariUrl, user: pbx.ariUser, password }),
      app: APP,
      clock: systemClock,
      log: silentLogger,
    });
    const desk = new Desk(ari, plane, options);
    started.push({ stop: () => void ari.close() });
    const [crowd, probe] = [await startCallers(), await startCallers()];
    started.push(crowd, probe);
    const place = { type: 'place', host: pbx.sipHost, port: pbx.sipPort, extension: EXTENSION } as const;
    const calls = options.calls - 1;
    await crowd.ask({ ...place, calls, everyMs: EVERY_MS, clip: options.clip }, 'placed');
    await probe.ask({ ...place, calls: 1, everyMs: EVERY_MS, clip: options.clip }, 'placed');

    const lostBefore = (await plane.stats()).packets.lost;
    crowd.send({ type: 'mark' });
    probe.send({ type: 'mark' });
    const before = { ours: process.cpuUsage(), asteriskMs: cpuMsOf(pbx.pid), atMs: systemClock.nowMs() };
    await sleep(systemClock, options.watchMs);
    const passedMs = systemClock.nowMs() - before.atMs;
    const { user, system } = process.cpuUsage(before.ours);
    const asteriskMs = cpuMsOf(pbx.pid) - before.asteriskMs;
    const stats = await plane.stats();
    const heard = await Promise.all([probe, crowd].map((callers) => callers.ask({ type: 'report' }, 'heard')));
    const [probeFigures, crowdFigures] = heard.map(({ figures }) => figures);
    if (!probeFigures || !crowdFigures) throw new Error('a process of callers told nothing');
    return {
      bridged: desk.bridged,
      lost: stats.packets.lost - lostBefore + probeFigures.lost + crowdFigures.lost,
      probe: probeFigures,
      crowd: crowdFigures,
      pacerLateMsP99: stats.lateness.p99Ms,
      ourCpu: (user + system) / 1_000 / passedMs,
      asteriskCpu: asteriskMs / passedMs,
    };
  } finally {
    for (const part of started.reverse()) part.stop();
    await plane.close();
    await pbx.stop();
    await rm(runDir, { recursive: true, force: true });
  }
}

/** Takes every call, and speaks to it without an end. */
class Desk {
  bridged = 0;

  constructor(
    private readonly ari: AriPort,
    private readonly plane: MediaPlane,
    private readonly options: BridgedOptions,
  ) {
    ari.subscribe((event) => {
      if (event.type === 'stasis-start' && !isOwnChannelId(event.channel.id)) void this.#serve(event.channel.id);
    });
  }

  async #serve(channelId: string): Promise<void> {
    const media = { transport: this.options.transport, host: HOST, codec: 'ulaw' } as const;
    const call = { callId: channelId, channelId };
    // A caller who is gone before the line is up is no part of the figure.
    const line = await CallLine.open(this.ari, this.plane, { media }, call, silentLogger).catch(() => undefined);
    if (!line) return;
    this.bridged++;
    this.ari.onChannel(channelId, (event) => {
      if (event.type === 'stasis-end' || event.type === 'channel-destroyed') void line.close();
    });
    let n = 0;
    const say = (): void => line.leg.play(`say-${n++}`, this.options.prompt, { bargeIn: false });
    line.leg.subscribe((event) => event.type === 'playout-start' && say());
    line.leg.listen({ turnId: 'bench' });
    say();
  }
}

function startCallers(): Promise<ChildHandle<CallersCommand, CallersReport>> {
  return ChildHandle.start<CallersCommand, CallersReport>(new URL('./media-callers.js', import.meta.url));
}

/** User and system time of a process (proc(5), fields 14 and 15, in hundredths of a second). */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
