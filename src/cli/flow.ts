import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { compileExpectation } from '../dialog/nlu/compile.js';
import { phraseTaker } from '../dialog/nlu/phrase-check.js';
import { diffFlows, type FlowDiff } from '../flow/diff.js';
import { flowText } from '../flow/flow-text.js';
import { importMenu } from '../flow/import/index.js';
import { lintInWorld } from '../flow/lint-world.js';
import { loadFlow, parseFlow } from '../flow/load.js';
import { peopleIn, withPeople } from '../flow/people-list.js';
import type { Flow } from '../flow/schema.js';
import type { FlowVersion } from '../flow/version-book.js';
import { HandrailError } from '../kernel/errors.js';
import { controllerAt, type AskController } from './controller-address.js';
import { testScenarios } from './flow-test.js';
import { canaryAct, canaryLines, planFrom, type PlanWords } from './flow-canary.js';

export const flowUsage = `npx handrail flow lint FILE              check a flow
npx handrail flow test [FILE…]           play scenarios (flows/*.test.yaml when none is named) on their flow
npx handrail flow export [WHICH] [--out FILE]   the flow as text in a stable order
npx handrail flow diff FROM TO           what is different
npx handrail flow publish [FILE] --why TEXT     make the draft, or the file, go live
npx handrail flow import FILE [--from PLACE] [--out FILE]   an old menu (extensions.conf, FreePBX tables) as the draft
npx handrail flow people WHICH NODE LIST [--out FILE]   the people of a directory (CSV or JSON), into the draft or a file
npx handrail flow canary                 the version that some callers get, and how they fare
npx handrail flow canary start [FILE] --why TEXT [--share PERCENT] [--callers N,N] [--guard FIGURE:WORSE[:CALLS]]
npx handrail flow canary promote|stop --why TEXT
                                         FIGURE: containment, fallbackRate, hangUpRate (WORSE in points) or p95Ms
npx handrail flow versions               what went live, when, by whom and why
npx handrail flow rollback N --why TEXT  make what version N said go live again
                                         FROM, TO, WHICH: a file, live, draft or the number of a version`;

type Print = (line: string) => void;

/** What all actions have. */
interface Call {
  readonly words: readonly string[];
  readonly why: string | undefined;
  readonly out: string | undefined;
  readonly from: string | undefined;
  readonly ask: AskController;
  readonly print: Print;
}

/**
 * `handrail flow …`: `lint`, `test` and a `diff` of files need nothing else; the others ask the controller that runs.
 *
 * @returns exit status: of `lint` 0 when there is no error, of `test` when all scenarios pass, of `diff` 0 when there is no difference
 * @throws HandrailError HR_USAGE, HR_FLOW_INVALID, HR_NOT_RUNNING, and what the controller answers
 */
export async function run(
  args: readonly string[],
  print: Print = (line) => process.stdout.write(`${line}\n`),
): Promise<number> {
  const { values, positionals } = parsed(args);
  const [action = '', ...words] = positionals;
  const call = { words, why: values.why, out: values.out, from: values.from, ask: controllerAt(values.url), print };
  switch (action) {
    case 'lint':
      return lint(call);
    case 'test':
      return testScenarios(words, print);
    case 'export':
      return exported(call);
    case 'diff':
      return diff(call);
    case 'publish':
      return publish(call);
    case 'import':
      return imported(call);
    case 'people':
      return people(call);
    case 'canary':
      return canary(call, values);
    case 'versions':
      return versions(call);
    case 'rollback':
      return rollback(call);
    default:
      throw wrongUse();
  }
}

async function lint({ words, print }: Call): Promise<number> {
  const [file] = expectWords(words, 1);
  const findings = await lintInWorld(await loadFlow(file), { takes: phraseTaker(compileExpectation) });
  for (const { severity, nodeId, message, mend, code } of findings)
    print(`${severity} ${nodeId}: ${message} ${mend} (${code})`);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  print(`${file}: ${errors} errors, ${findings.length - errors} warnings`);
  return errors === 0 ? 0 : 1;
}

async function exported({ words, out, ask, print }: Call): Promise<number> {
  const text = flowText(await flowOf(words.length === 0 ? 'live' : expectWords(words, 1)[0], ask));
  if (out === undefined) print(text.trimEnd());
  else await writeFile(out, text);
  return 0;
}

async function diff({ words, ask, print }: Call): Promise<number> {
  const [from, to] = expectWords(words, 2);
  const { changes, text }: FlowDiff = diffFlows(await flowOf(from, ask), await flowOf(to, ask), [from, to]);
  for (const { nodeId, type, fields, ways } of changes) {
    print(`${type} ${nodeId}${fields.length > 0 ? `: ${fields.map(({ field }) => field).join(', ')}` : ''}`);
    for (const way of ways.removed) print(`  - ${way}`);
    for (const way of ways.added) print(`  + ${way}`);
  }
  if (text !== '') print(text.trimEnd());
  return changes.length === 0 ? 0 : 1;
}

async function canary({ words, why, ask, print }: Call, plan: PlanWords): Promise<number> {
  const [act, ...rest] = words;
  if (act === undefined) {
    for (const line of canaryLines(await ask('/api/flow/canary'))) print(line);
    return 0;
  }
  if (why === undefined) throw wrongUse();
  if (act !== 'start') {
    expectWords(rest, 0);
    const done = await canaryAct(act, why, ask);
    if (done === undefined) throw wrongUse();
    print(done);
    return 0;
  }
  const body = { why, ...(planFrom(plan) ?? wrongUsed()), ...(await whatToPublish(rest, ask)) };
  const { version } = (await ask('/api/flow/canary', { method: 'POST', body })) as FlowVersion;
  print(`version ${version} runs as canary`);
  return 0;
}

async function publish({ words, why, ask, print }: Call): Promise<number> {
  if (why === undefined) throw wrongUse();
  const body = { why, ...(await whatToPublish(words, ask)) };
  const { version } = (await ask('/api/flow/publish', { method: 'POST', body })) as FlowVersion;
  print(`version ${version} is live`);
  return 0;
}

/** The draft that is there, or a file. */
async function whatToPublish(words: readonly string[], ask: AskController): Promise<object> {
  if (words.length > 0) return { document: await loadFlow(expectWords(words, 1)[0]) };
  const { revision } = (await ask('/api/flow/draft')) as { readonly revision: number };
  if (revision === 0) throw new HandrailError('HR_NOT_THERE', 'draft');
  return { revision };
}

/** Writes the flow into a file, or makes it the draft; a draft that is there already is left alone. */
async function imported({ words, from, out, ask, print }: Call): Promise<number> {
  const [file] = expectWords(words, 1);
  const text = await readText(file);
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const draft = out === undefined ? ((await ask('/api/flow/draft')) as { readonly revision: number }) : undefined;
  if (draft && draft.revision > 0)
    throw new HandrailError('HR_FLOW_CONFLICT', 'There is a draft already: publish it, throw it away, or give --out.');
  const flowId = draft ? ((await ask('/api/flow')) as { readonly flow: Flow }).flow.id : 'imported';
  const { flow, leftOut } = importMenu(text, { flowId, timezone }, from);
  if (out === undefined) await ask('/api/flow/draft', { method: 'PUT', body: { revision: 0, document: flow } });
  else await writeFile(out, flowText(flow));
  print(`${out ?? 'the draft'}: ${Object.keys(flow.nodes).length} nodes; hours are meant in ${timezone}`);
  if (leftOut.length > 0) print('Not carried over, or otherwise:');
  for (const { where, what } of leftOut) print(`  ${where}: ${what}`);
  return 0;
}

/** The flow with another list in a directory becomes the draft, over the one that is there, or goes into a file. */
async function people({ words, out, ask, print }: Call): Promise<number> {
  const [which, nodeId, list] = expectWords(words, 3);
  const told = peopleIn(await readText(list), list);
  const flow = parseFlow(withPeople(await flowOf(which, ask), nodeId, told), list);
  if (out === undefined) {
    const { revision } = (await ask('/api/flow/draft')) as { readonly revision: number };
    await ask('/api/flow/draft', { method: 'PUT', body: { revision, document: flow } });
  } else await writeFile(out, flowText(flow));
  print(`${out ?? 'the draft'}: ${told.length} people in ${nodeId}`);
  return 0;
}

/** @throws HandrailError HR_IMPORT */
function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new HandrailError('HR_IMPORT', `${file}: the file cannot be read`, { cause });
  });
}

async function versions({ words, ask, print }: Call): Promise<number> {
  expectWords(words, 0);
  for (const entry of (await ask('/api/flow/versions')) as readonly FlowVersion[]) {
    const { version, publishedAtWallMs, author, why, restores } = entry;
    const as = restores === undefined ? '' : ` (as version ${restores})`;
    print(`${version}  ${new Date(publishedAtWallMs).toISOString()}  ${author}${as}: ${why}`);
  }
  return 0;
}

async function rollback({ words, why, ask, print }: Call): Promise<number> {
  const [number] = expectWords(words, 1);
  if (why === undefined || !isNumber(number)) throw wrongUse();
  const body = { version: Number(number), why };
  const { version } = (await ask('/api/flow/rollback', { method: 'POST', body })) as FlowVersion;
  print(`version ${version} is live, as version ${number}`);
  return 0;
}

/** @param which a file, `live`, `draft` or a number */
async function flowOf(which: string, ask: AskController): Promise<Flow> {
  if (which === 'live') return ((await ask('/api/flow')) as { readonly flow: Flow }).flow;
  if (which === 'draft')
    return parseFlow(((await ask('/api/flow/draft')) as { readonly document: unknown }).document, 'draft');
  if (isNumber(which)) return ((await ask(`/api/flow/versions/${which}`)) as { readonly flow: Flow }).flow;
  return loadFlow(which);
}

function isNumber(text: string): boolean {
  return /^[1-9][0-9]*$/.test(text);
}

function expectWords(words: readonly string[], count: 0): readonly [];
function expectWords(words: readonly string[], count: 1): readonly [string];
function expectWords(words: readonly string[], count: 2): readonly [string, string];
function expectWords(words: readonly string[], count: 3): readonly [string, string, string];
function expectWords(words: readonly string[], count: number): readonly string[] {
  if (words.length !== count) throw wrongUse();
  return words;
}

function parsed(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const options = { url: text, why: text, out: text, from: text, share: text, callers: text, guard: text };
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw wrongUse(cause);
  }
}

function wrongUsed(): never {
  throw wrongUse();
}

function wrongUse(cause?: unknown): HandrailError {
  return new HandrailError('HR_USAGE', `Usage:\n${flowUsage}`, { cause });
}
