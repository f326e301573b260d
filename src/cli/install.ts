import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { loadConfig } from '../config/index.js';
import { HandrailError } from '../kernel/errors.js';
import {
  contexts,
  Installation,
  placeOf,
  planInstall,
  settingOf,
  showChange,
  type KitSettings,
  type Plan,
} from '../pbx-kit/index.js';

export const installUsage = `npx handrail install --pbx --menu CONTEXT[,EXTENSION[,PRIORITY]]   put Handrail before the menu of an Asterisk that is there
                     [--etc DIR] [--agents CONTEXT] [--user NAME] [--dialplan DIR] [--dry-run] [--yes]
npx handrail uninstall --pbx [--etc DIR]                           take it away again`;

interface InstallOptions {
  readonly etcDir: string;
  readonly menu: string;
  readonly agents: string | undefined;
  readonly user: string | undefined;
  readonly dialplanDir: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

const CONFIG_FILE = 'handrail.config.json';
const PASSWORD_FILE = 'ari-password';

const print = (line: string): void => console.log(line);

/** `handrail install --pbx`: shows what it would write into Asterisk's configuration, asks, and writes it. */
export async function run(args: string[]): Promise<number> {
  const options = parse(args);
  const installation = new Installation(options.etcDir);
  if (installation.read('asterisk.conf') === undefined && installation.read('extensions.conf') === undefined)
    throw new HandrailError(
      'HR_PBX_KIT',
      `${options.etcDir} holds no configuration of Asterisk: name its folder with --etc.`,
    );
  const settings = settingsFor(options, installation);
  const plan = planInstall(settings, installation.read);
  if (plan.obstacles.length > 0) throw new HandrailError('HR_PBX_KIT', `\n  ${plan.obstacles.join('\n  ')}`);
  for (const remark of plan.remarks) print(`! ${remark}`);
  if (plan.changes.length === 0) {
    print(`Nothing to do: ${options.etcDir} has everything (${plan.kind}).`);
    return 0;
  }
  for (const change of plan.changes) print(`${showChange(change)}\n`);
  if (options.dryRun) {
    print('Nothing was written (--dry-run).');
    return 0;
  }
  if (!options.yes && !(await agreed(`Write this into ${options.etcDir}?`))) {
    print('Nothing was written.');
    return 1;
  }
  installation.apply(plan.changes);
  print(`Written. What was there before lies in ${join(options.etcDir, 'handrail-backup')}.`);
  configureHandrail(plan, settings);
  for (const line of nextSteps(plan)) print(line);
  return 0;
}

function settingsFor(options: InstallOptions, { read }: Installation): KitSettings {
  const { ari } = loadConfig({ env: process.env });
  const menu = placeOf(options.menu);
  if (!menu)
    throw new HandrailError(
      'HR_USAGE',
      `--menu wants CONTEXT,EXTENSION,PRIORITY, not “${options.menu}”.\n${installUsage}`,
    );
  const ariUser = options.user ?? ari.user;
  return {
    app: ari.app,
    ariUser,
    ariPassword: settingOf('handrail_ari.conf', ariUser, 'password', read) ?? randomBytes(24).toString('hex'),
    menu,
    agents: options.agents ?? (read('extensions_additional.conf') === undefined ? undefined : 'from-internal'),
    dialplanDir: options.dialplanDir,
  };
}

/** Tells Handrail about this Asterisk: in a new configuration file, or in words where there is one already. */
function configureHandrail({ ariUrl }: Plan, { ariUser, ariPassword, dialplanDir }: KitSettings): void {
  mkdirSync(dialplanDir, { recursive: true });
  writeFileSync(PASSWORD_FILE, `${ariPassword}\n`, { mode: 0o600 });
  const ari = { url: ariUrl, user: ariUser, passwordFile: PASSWORD_FILE, dialplanDir };
  const text = JSON.stringify({ ari }, undefined, 2);
  if (existsSync(CONFIG_FILE)) print(`${CONFIG_FILE} is there already. It must say:\n${text}`);
  else {
    writeFileSync(CONFIG_FILE, `${text}\n`);
    print(`${CONFIG_FILE} and ${PASSWORD_FILE} are written for Handrail.`);
  }
}

function nextSteps({ changes, kind }: Plan): string[] {
  const hasModules = changes.some(({ file }) => file === 'handrail_modules.conf');
  const destination =
    kind === 'freepbx'
      ? `FreePBX: Admin, Custom Destinations, target ${contexts.line},s,1; then choose it where callers went to the IVR.`
      : `Where the dialplan sent callers to the menu: Goto(${contexts.line},s,1).`;
  return [
    '',
    'Next:',
    `1. asterisk -rx 'core reload'${hasModules ? '   (new modules are loaded at the next start of Asterisk, or by `module load`)' : ''}`,
    '2. npx handrail doctor --pbx   once before Handrail is started, and once with it running',
    `3. ${destination}`,
    'Back: `npx handrail uninstall --pbx`, then reload.',
    'Handrail on another host: ARI and audio by TLS (ari.url https, media.transport websocket). A network that is cut then ends',
    'the AI side of running calls; docs/guides/existing-asterisk.md says what a lifeline on this host does about it.',
  ];
}

async function agreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new HandrailError('HR_USAGE', `Nobody is there to be asked: add --yes.\n${installUsage}`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

function parse(args: string[]): InstallOptions {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        pbx: flag,
        etc: text,
        menu: text,
        agents: text,
        user: text,
        dialplan: text,
        'dry-run': flag,
        yes: flag,
      },
    }));
  } catch (cause) {
    throw new HandrailError('HR_USAGE', `${cause instanceof Error ? cause.message : String(cause)}\n${installUsage}`, {
      cause,
    });
  }
  const { menu, agents, user } = values;
  if (!values.pbx || menu === undefined)
    throw new HandrailError('HR_USAGE', `--pbx and --menu are needed.\n${installUsage}`);
  for (const name of [agents, user]) {
    if (name !== undefined && !/^[\w-]{1,79}$/.test(name))
      throw new HandrailError('HR_USAGE', `“${name}” is no name for Asterisk.\n${installUsage}`);
  }
  const dialplanDir = resolve(values.dialplan ?? '/var/lib/handrail/dialplan');
  if (!/^[\w./@+~-]{1,161}$/.test(dialplanDir))
    throw new HandrailError('HR_USAGE', `Asterisk cannot use the path ${dialplanDir}.\n${installUsage}`);
  return {
    etcDir: resolve(values.etc ?? '/etc/asterisk'),
    menu,
    agents,
    user,
    dialplanDir,
    dryRun: values['dry-run'] ?? false,
    yes: values.yes ?? false,
  };
}
