import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { freePbxPorts, startPrivatePbx, type PrivatePbx } from './private-pbx.js';
import { startServices, type Services } from './services.js';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import { dataDir as defaultDataDir } from '../kernel/paths.js';

/** A whole Handrail with a private Asterisk: what `start`, benchmarks and acceptance tests run. */
export interface Stack {
  readonly sipHost: string;
  readonly sipPort: number;
  readonly extension: string;
  readonly adminUrl: string;
  /** Its data, and the token for commands of this machine. */
  readonly dataDir: string;
  readonly softphonePassword: string;
  readonly pbx: PrivatePbx;
  readonly controller: Services['controller'];
  readonly lifeline: Services['lifeline'];
  /** Ends controller, lifeline and Asterisk, in this order. Idempotent. */
  stop(): Promise<void>;
}

export interface StackOptions {
  /** Absent: free ports of the system, so that several stacks run side by side. */
  readonly ports?: { sipPort: number; httpPort: number; rtpStart: number; rtpEnd: number; adminPort: number };
  /** Where this stack writes. @defaultValue HANDRAIL_DATA, else HANDRAIL_HOME/data */
  readonly dataDir?: string;
  /** Arguments of `handrail run`, for instance `--config FILE`. */
  readonly args?: readonly string[];
  /** Settings of this stack alone, as environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether a controller that falls is started again; the lifeline always is. @defaultValue false */
  readonly restart?: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onProgress?: (line: string) => void;
}

/** The extension of the demonstration line in the private Asterisk's dialplan. */
const LINE_EXTENSION = '100';

/** @throws HandrailError of the part that did not start; what had been started is stopped again */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { clock, log } = options;
  const dataDir = options.dataDir ?? defaultDataDir;
  const softphonePassword = secret();
  const ariPassword = secret();
  const { adminPort, ...pbxPorts } = options.ports ?? { ...(await freePbxPorts()), adminPort: 0 };
  const pbx = await startPrivatePbx({
    runDir: join(dataDir, 'pbx'),
    dialplanDir: join(dataDir, 'dialplan'),
    ...pbxPorts,
    ariPassword,
    softphonePassword,
    clock,
    log,
  });
  try {
    const services = await startServices({
      args: options.args ?? [],
      env: {
        HANDRAIL_ARI_URL: pbx.ariUrl,
        HANDRAIL_ARI_USER: pbx.ariUser,
        HANDRAIL_ARI_PASSWORD: ariPassword,
        HANDRAIL_ARI_DIALPLAN_DIR: join(dataDir, 'dialplan'),
        HANDRAIL_ADMIN_PORT: String(adminPort),
        ...options.env,
      },
      dataDir,
      restart: options.restart,
      clock,
      onProgress: options.onProgress,
    });
    const stop = async (): Promise<void> => {
      await services.stop();
      await pbx.stop();
    };
    return {
      sipHost: pbx.sipHost,
      sipPort: pbx.sipPort,
      extension: LINE_EXTENSION,
      adminUrl: services.controller.adminUrl,
      dataDir,
      softphonePassword,
      pbx,
      controller: services.controller,
      lifeline: services.lifeline,
      stop,
    };
  } catch (error) {
    await pbx.stop();
    throw error;
  }
}

function secret(): string {
  return randomBytes(12).toString('hex');
}
