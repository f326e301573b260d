import type { AriPort } from '../../ari/port.js';
import { sleep, type Clock } from '../../kernel/clock.js';

const LEFT_WITHIN_MS = 2_000;
const LEFT_POLL_MS = 100;

/** Asterisk lists an application for good when its websocket goes before the last of its channels. */
export async function untilLeft(ari: AriPort, app: string, clock: Clock): Promise<void> {
  const untilMs = clock.nowMs() + LEFT_WITHIN_MS;
  do await sleep(clock, LEFT_POLL_MS);
  while (clock.nowMs() < untilMs && (await hasChannels(ari, app)));
}

async function hasChannels(ari: AriPort, app: string): Promise<boolean> {
  const channels = await ari.listChannels().catch(() => []);
  return channels.some(({ stasisApp }) => stasisApp === app);
}
