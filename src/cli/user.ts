import { parseArgs } from 'node:util';
import { HandrailError } from '../kernel/errors.js';
import type { Role } from '../store/access-port.js';
import { controllerAt, type AskController } from './controller-address.js';

export const userUsage = `npx handrail user list                   who may log in
npx handrail user add NAME ROLE          a new user (viewer, editor, publisher, admin): prints a link for them
npx handrail user invite NAME            a link by which a user sets another password
npx handrail user role NAME ROLE         another role
npx handrail user remove NAME            removes a user and ends their sessions`;

type Print = (line: string) => void;

interface ListedUser {
  readonly name: string;
  readonly role: Role;
  readonly hasPassword: boolean;
}

/**
 * `handrail user …`: users of the controller that runs, also when nobody can log in any more.
 *
 * @throws HandrailError HR_USAGE, HR_NOT_RUNNING, and what the controller answers
 */
export async function run(
  args: readonly string[],
  print: Print = (line) => process.stdout.write(`${line}\n`),
): Promise<number> {
  const { values, positionals } = parsed(args);
  const [action = '', name = '', role] = positionals;
  const ask = controllerAt(values.url);
  const words = positionals.length;
  const path = `/api/users/${encodeURIComponent(name)}`;
  if (action === 'list' && words === 1) await list(ask, print);
  else if (action === 'add' && words === 3)
    tellLink(await ask('/api/users', { method: 'POST', body: { name, role } }), print);
  else if (action === 'invite' && words === 2)
    tellLink(await ask(`${path}/invitation`, { method: 'POST', body: {} }), print);
  else if (action === 'role' && words === 3) await ask(path, { method: 'PATCH', body: { role } });
  else if (action === 'remove' && words === 2) await ask(path, { method: 'DELETE' });
  else throw wrongUse();
  return 0;
}

async function list(ask: AskController, print: Print): Promise<void> {
  for (const { name, role, hasPassword } of (await ask('/api/users')) as readonly ListedUser[])
    print(`${name}  ${role}${hasPassword ? '' : '  (has not set a password yet)'}`);
}

function tellLink(answer: unknown, print: Print): void {
  const { invitation } = answer as { readonly invitation: string };
  print(`Good once, for 48 hours, on the admin page: #/welcome/${invitation}`);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { url: { type: 'string' } },
      allowPositionals: true,
      strict: true,
    });
  } catch (cause) {
    throw wrongUse(cause);
  }
}

function wrongUse(cause?: unknown): HandrailError {
  return new HandrailError('HR_USAGE', `Usage:\n${userUsage}`, { cause });
}
