import type { AriAddress } from '../ari/address.js';
import { leaseVariable } from '../ari/lease.js';
import { asArray, asObject, asText, parseBridge, parseChannel } from '../ari/messages.js';
import { askPlain, type PlainRequest } from '../ari/plain-request.js';
import type { BridgeInfo, ChannelInfo } from '../ari/port.js';
import type { Clock } from '../kernel/clock.js';
import { HandrailError } from '../kernel/errors.js';
import type { LifelineAri } from './lifeline.js';

/** No answer within this is no answer. */
const TIMEOUT_MS = 1_500;
/** 404: the channel or bridge is gone. 409: it has left the application. Somebody else was first, or the caller hung up. */
const NOTHING_TO_DO: readonly number[] = [404, 409];

/**
 * Six plain requests, each on a connection of its own.
 *
 * Not the controller's `ari-client`: that one loads Asterisk's description of itself before it can ask anything, holds
 * three times the memory, and needs repairs (src/ari/ari-client-transport.ts). What must work when everything else is
 * broken has nothing that can break: no package, no kept connection, no state.
 */
export class AriRequests implements LifelineAri {
  constructor(
    private readonly address: AriAddress,
    private readonly app: string,
    private readonly clock: Clock,
    /** Ends every request that is under way. */
    private readonly signal: AbortSignal,
  ) {}

  async readLease(): Promise<string> {
    const answer = await this.#ask('GET', `asterisk/variable?variable=${leaseVariable(this.app)}`);
    return asText(asObject(answer)?.['value']);
  }

  async listChannels(): Promise<ChannelInfo[]> {
    return asArray(await this.#ask('GET', 'channels')).flatMap((channel) => parseChannel(channel) ?? []);
  }

  async listBridges(): Promise<BridgeInfo[]> {
    return asArray(await this.#ask('GET', 'bridges')).flatMap((bridge) => parseBridge(bridge) ?? []);
  }

  async continueInDialplan(channelId: string): Promise<void> {
    await this.#ask('POST', `channels/${encodeURIComponent(channelId)}/continue`, NOTHING_TO_DO);
  }

  async hangup(channelId: string): Promise<void> {
    await this.#ask('DELETE', `channels/${encodeURIComponent(channelId)}`, NOTHING_TO_DO);
  }

  async destroyBridge(bridgeId: string): Promise<void> {
    await this.#ask('DELETE', `bridges/${encodeURIComponent(bridgeId)}`, NOTHING_TO_DO);
  }

  /** @throws HandrailError HR_ARI_AUTH, HR_ARI_REQUEST, HR_ARI_CERTIFICATE or HR_ARI_UNREACHABLE */
  async #ask(method: PlainRequest['method'], path: string, allowed: readonly number[] = []): Promise<unknown> {
    const { clock, signal } = this;
    const { status, text } = await askPlain(this.address, { method, path, timeoutMs: TIMEOUT_MS, clock, signal });
    if (status >= 200 && status < 300) return parse(text);
    if (allowed.includes(status)) return undefined;
    const code = status === 401 || status === 403 ? 'HR_ARI_AUTH' : 'HR_ARI_REQUEST';
    throw new HandrailError(code, `${path}: HTTP status ${String(status)}`);
  }
}

/** Asterisk answers with JSON or, after a deed, with nothing. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
