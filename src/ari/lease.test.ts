import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { Lease } from './lease.js';
import { AriRest } from './rest.js';

let clock: FakeClock;
let applications: object[];
let lease: string;
let rest: AriRest;

beforeEach(() => {
  clock = new FakeClock();
  applications = [];
  lease = '';
  const transport = {
    request: (operation: string, parameters: Readonly<Record<string, unknown>>): Promise<unknown> => {
      if (operation === 'applications.list') return Promise.resolve(applications);
      if (operation === 'asterisk.setGlobalVar') lease = String(parameters['value']);
      return Promise.resolve({ value: lease });
    },
  };
  rest = new AriRest(transport, clock, 2_000);
});

const leftovers = { name: 'desk', channel_ids: ['c-1'], bridge_ids: [] };

describe('Lease.ensureFree', () => {
  const ensureFree = (): Promise<void> => new Lease(rest, 'desk', 'me').ensureFree(clock);

  it('lets an unlisted application start at once', async () => {
    applications = [{ ...leftovers, name: 'other' }];
    await ensureFree();
  });

  it('lets one start over the leftovers of a controller that died', async () => {
    applications = [leftovers];
    lease = 'dead.7';
    const free = ensureFree();
    await clock.advanceAsync(3_000);
    await free;
  });

  it('refuses while another controller renews its lease', async () => {
    applications = [leftovers];
    const other = new Lease(rest, 'desk', 'other');
    await other.renew();
    const refused = expect(ensureFree()).rejects.toMatchObject({ code: 'HR_APP_TAKEN' });
    await clock.advanceAsync(1_100);
    await other.renew();
    await clock.advanceAsync(250);
    await refused;
  });

  it('does not wait for a controller that went properly', async () => {
    applications = [leftovers];
    await new Lease(rest, 'desk', 'other').release();
    await ensureFree();
  });

  it('refuses a listed application without any lease: another program serves the name', async () => {
    applications = [leftovers];
    await expect(ensureFree()).rejects.toMatchObject({ code: 'HR_APP_TAKEN' });
  });
});
