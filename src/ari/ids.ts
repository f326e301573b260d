/**
 * The names of everything that we make in Asterisk. We choose each id before the thing exists, so that one can subscribe
 * first and act afterwards, and so that a later sweep knows our leftovers by their name alone.
 */
const MEDIA_PREFIX = 'em-';
const BRIDGE_PREFIX = 'hr-';
const LEG_PREFIX = 'lg-';

/** The external media channel (UnicastRTP) of a call. */
export function mediaChannelId(callId: string): string {
  return MEDIA_PREFIX + callId;
}

/**
 * The bridge that joins the caller and the media channel, or the caller and a person. A bridge beside it, of a call's legs alone, is
 * named after one of them.
 */
export function bridgeId(callOrLegId: string): string {
  return BRIDGE_PREFIX + callOrLegId;
}

/** A leg that we placed for a call, for instance to the person whom the caller is transferred to. `n` counts from 1. */
export function legChannelId(callId: string, n: number): string {
  return `${LEG_PREFIX}${n}-${callId}`;
}

/** A channel that only asks the dialplan something; it belongs to no call. */
export function probeChannelId(n: number): string {
  return legChannelId('probe', n);
}

export function isMediaChannelId(id: string): boolean {
  return id.startsWith(MEDIA_PREFIX);
}

export function isBridgeId(id: string): boolean {
  return id.startsWith(BRIDGE_PREFIX);
}

function isLegChannelId(id: string): boolean {
  return id.startsWith(LEG_PREFIX);
}

/** True for a channel that we made, as opposed to a caller's. */
export function isOwnChannelId(id: string): boolean {
  return isMediaChannelId(id) || isLegChannelId(id);
}

/** The call that one of our ids belongs to; `undefined` when the id is not of our making. */
export function callIdOf(id: string): string | undefined {
  if (isMediaChannelId(id)) return id.slice(MEDIA_PREFIX.length);
  if (isBridgeId(id)) {
    const joined = id.slice(BRIDGE_PREFIX.length);
    return isLegChannelId(joined) ? callIdOf(joined) : joined;
  }
  if (!isLegChannelId(id)) return undefined;
  const afterNumber = id.indexOf('-', LEG_PREFIX.length);
  return afterNumber < 0 ? undefined : id.slice(afterNumber + 1);
}

/**
 * A bridge has no application in ARI, so we put ours in front of its name: the sweep of one application must not remove
 * the bridges of another one on the same Asterisk.
 */
export function tagBridgeName(app: string, name: string): string {
  return `${app}/${name}`;
}

export function bridgeNameIsOf(app: string, name: string): boolean {
  return name.startsWith(`${app}/`);
}
