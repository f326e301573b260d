import { loadConfig, type Config } from '../config/index.js';
import { dataDir } from '../kernel/paths.js';
import { askAdmin, type AdminRequest } from './admin-client.js';
import { readRunInfo } from './run-info.js';

/** @throws HandrailError HR_NOT_RUNNING, and what the controller answers */
export type AskController = (path: string, request?: AdminRequest) => Promise<unknown>;

/**
 * The controller that a command speaks with: the one at `url`, else the one that `handrail start` runs, else where the
 * configuration says. It is asked with the token in `HANDRAIL_TOKEN`, else with the one in the data folder.
 */
export function controllerAt(url: string | undefined): AskController {
  return async (path, request = {}) => {
    const running = url === undefined ? await readRunInfo() : undefined;
    const address = running ?? { adminUrl: url ?? controllerUrl(loadConfig({ env: process.env })), dataDir };
    return askAdmin(address, path, { token: process.env['HANDRAIL_TOKEN'] || undefined, ...request });
  };
}

/** Where a controller of this configuration listens, as this machine reaches it. */
export function controllerUrl({ admin: { host, port, certFile } }: Pick<Config, 'admin'>): string {
  const reached = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `${certFile === undefined ? 'http' : 'https'}://${reached.includes(':') ? `[${reached}]` : reached}:${port}/`;
}
