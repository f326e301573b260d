import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asteriskCommand, defaultPrefix, remoteCommand, type PrivatePbx } from './private-pbx.js';

export interface RunningPbx extends Pick<PrivatePbx, 'ariUrl' | 'ariUser' | 'sipHost' | 'sipPort' | 'cli'> {
  readonly ariPassword: string;
}

/**
 * The private Asterisk that another process of this user runs in `runDir`, as its rendered configuration tells.
 *
 * @returns `undefined` when none runs there
 */
export async function findRunningPbx(runDir: string): Promise<RunningPbx | undefined> {
  const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
  const pid = Number(await read(join(runDir, 'run/asterisk.pid')));
  if (!(pid > 0) || !(await read(`/proc/${String(pid)}/cmdline`)).includes(join(runDir, 'etc'))) return undefined;
  const [ari, http, sip] = await Promise.all(
    ['ari.conf', 'http.conf', 'pjsip.conf'].map((name) => read(join(runDir, 'etc', name))),
  );
  const user = /^\[(\w+)\]\s*\ntype = user\b[^[]*?^password = (\S+)/m.exec(ari ?? '');
  const web = /^bindaddr = (\S+)\s*\nbindport = (\d+)/m.exec(http ?? '');
  const bind = /^bind = (\S+):(\d+)/m.exec(sip ?? '');
  if (!user?.[1] || !user[2] || !web?.[1] || !bind?.[1]) return undefined;
  const asterisk = asteriskCommand(defaultPrefix, runDir);
  return {
    ariUrl: `http://${web[1]}:${web[2] ?? ''}`,
    ariUser: user[1],
    ariPassword: user[2],
    sipHost: bind[1],
    sipPort: Number(bind[2]),
    cli: (command) => remoteCommand(asterisk, command),
  };
}
