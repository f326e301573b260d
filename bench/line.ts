import { askAdmin } from '../src/cli/admin-client.js';
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
  readonly dataDir: string;
}

export function lineAt(address: LineAddress): LineUnderTest {
  return {
    host: address.sipHost,
    port: address.sipPort,
    extension: address.extension,
    async turnsOf(callerNumber) {
      const query = new URLSearchParams({ caller: callerNumber });
      const calls = (await askAdmin(address, `/api/calls?${query}`)) as readonly {
        readonly turns: readonly TurnRecord[];
      }[];
      return calls[0]?.turns ?? [];
    },
  };
}
