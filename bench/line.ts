import type { TurnRecord } from '../src/observability/turn-record.js';

/** The telephone line that a benchmark calls, and the way to what it understood. */
export interface LineUnderTest {
  readonly host: string;
  readonly port: number;
  readonly extension: string;
  /** The turns so far of the newest call of that caller, oldest first. */
  turnsOf(callerNumber: string): Promise<readonly TurnRecord[]>;
}

/** What a started or running Handrail tells about itself. */
export interface LineAddress {
  readonly sipHost: string;
  readonly sipPort: number;
  readonly extension: string;
  readonly adminUrl: string;
}

export function lineAt(address: LineAddress): LineUnderTest {
  return {
    host: address.sipHost,
    port: address.sipPort,
    extension: address.extension,
    async turnsOf(callerNumber) {
      const url = new URL('/api/calls', address.adminUrl);
      url.searchParams.set('caller', callerNumber);
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      if (!response.ok) throw new Error(`${url.pathname} answered ${response.status}`);
      const calls = (await response.json()) as readonly { readonly turns: readonly TurnRecord[] }[];
      return calls[0]?.turns ?? [];
    },
  };
}
