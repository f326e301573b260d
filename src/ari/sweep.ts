import { bridgeNameIsOf, callIdOf, isBridgeId, isMediaChannelId, isOwnChannelId } from './ids.js';
import type { AriPort, BridgeInfo, ChannelInfo } from './port.js';

/** What the controller knows to be alive. */
export interface SweepKnowledge {
  /** Our Stasis application: channels of others are never touched. */
  readonly app: string;
  /** The calls that a session is working on, by the call id that our media, leg and bridge ids are made of. */
  readonly liveCallIds: ReadonlySet<string>;
  /** The callers' channels that a session owns. */
  readonly liveCallChannelIds: ReadonlySet<string>;
  /** What to do with a caller in our application whom no session owns. @defaultValue 'readopt' */
  readonly orphanCallers?: 'readopt' | 'continue';
}

export type SweepAction =
  /** A media channel or leg of ours whose call is over. */
  | { readonly type: 'hangup'; readonly channelId: string }
  | { readonly type: 'destroy-bridge'; readonly bridgeId: string }
  /** A living caller without a session: make a session for it. */
  | { readonly type: 'readopt'; readonly channel: ChannelInfo }
  /** A living caller without a session: give it to the dialplan. */
  | { readonly type: 'continue'; readonly channelId: string };

/** The id of the channel or bridge that an action is about. */
export function targetOf(action: SweepAction): string {
  switch (action.type) {
    case 'hangup':
    case 'continue':
      return action.channelId;
    case 'destroy-bridge':
      return action.bridgeId;
    case 'readopt':
      return action.channel.id;
  }
}

/**
 * Plans the clean-up after a crash, or after a time without events: Asterisk keeps media channels and bridges for ever,
 * and a caller whose controller died hears silence for ever.
 *
 * Touches only channels that Asterisk says are in our application, and bridges whose name carries it. A call that starts
 * while the sweep runs is safe when its id is in `knowledge` before its first request.
 *
 * A caller who talks with a person whom we called needs no controller for that, so they are left to talk; when one of them
 * hangs up, the next sweep finds the other.
 *
 * @returns callers first: somebody waits there
 */
export function planSweep(
  channels: readonly ChannelInfo[],
  bridges: readonly BridgeInfo[],
  knowledge: SweepKnowledge,
): SweepAction[] {
  const callers: SweepAction[] = [];
  const leftovers: SweepAction[] = [];
  const ourBridges = bridges.filter(({ id, name }) => isBridgeId(id) && bridgeNameIsOf(knowledge.app, name));
  const talking = new Set(ourBridges.filter(joinsPeople).flatMap(({ id, channelIds }) => [id, ...channelIds]));
  for (const channel of channels) {
    if (channel.stasisApp !== knowledge.app) continue;
    if (talking.has(channel.id) && !isMediaChannelId(channel.id)) continue;
    if (isOwnChannelId(channel.id)) {
      if (!isOfLiveCall(channel.id, knowledge)) leftovers.push({ type: 'hangup', channelId: channel.id });
    } else if (!knowledge.liveCallChannelIds.has(channel.id)) {
      callers.push(
        knowledge.orphanCallers === 'continue'
          ? { type: 'continue', channelId: channel.id }
          : { type: 'readopt', channel },
      );
    }
  }
  for (const { id } of ourBridges) {
    if (!talking.has(id) && !isOfLiveCall(id, knowledge)) leftovers.push({ type: 'destroy-bridge', bridgeId: id });
  }
  return [...callers, ...leftovers];
}

function joinsPeople({ channelIds }: BridgeInfo): boolean {
  const people = channelIds.filter((id) => !isMediaChannelId(id));
  return people.some(isOwnChannelId) && !people.every(isOwnChannelId);
}

function isOfLiveCall(id: string, knowledge: SweepKnowledge): boolean {
  const callId = callIdOf(id);
  return callId !== undefined && knowledge.liveCallIds.has(callId);
}

export interface SweepReport {
  readonly removedChannels: number;
  readonly removedBridges: number;
  readonly readopted: number;
  readonly continued: number;
  /** What could not be done, with the reason; the next sweep tries again. */
  readonly failed: readonly { readonly action: SweepAction; readonly error: unknown }[];
}

export interface SweepHandlers {
  /** Makes a session for a caller. When it rejects, the caller is given to the dialplan. */
  readopt?(channel: ChannelInfo): Promise<void>;
}

/** Carries a plan out, one action after the other; a failing action does not stop the others. */
export async function runSweep(
  ari: Pick<AriPort, 'hangup' | 'destroyBridge' | 'continueInDialplan'>,
  plan: readonly SweepAction[],
  handlers: SweepHandlers = {},
): Promise<SweepReport> {
  const report = { removedChannels: 0, removedBridges: 0, readopted: 0, continued: 0 };
  const failed: { action: SweepAction; error: unknown }[] = [];
  for (const action of plan) {
    try {
      report[await carryOut(ari, action, handlers)]++;
    } catch (error) {
      failed.push({ action, error });
    }
  }
  return { ...report, failed };
}

async function carryOut(
  ari: Pick<AriPort, 'hangup' | 'destroyBridge' | 'continueInDialplan'>,
  action: SweepAction,
  handlers: SweepHandlers,
): Promise<Exclude<keyof SweepReport, 'failed'>> {
  switch (action.type) {
    case 'hangup':
      await ari.hangup(action.channelId);
      return 'removedChannels';
    case 'destroy-bridge':
      await ari.destroyBridge(action.bridgeId);
      return 'removedBridges';
    case 'continue':
      await ari.continueInDialplan(action.channelId);
      return 'continued';
    case 'readopt':
      if (handlers.readopt) {
        try {
          await handlers.readopt(action.channel);
          return 'readopted';
        } catch {
          // Fall through to the dialplan: a caller must not stay in silence because the AI side has a problem.
        }
      }
      await ari.continueInDialplan(action.channel.id);
      return 'continued';
  }
}
