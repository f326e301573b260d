import type { ModelState } from '../../local-models/model-store.js';
import type { McpServerState } from '../../tools/mcp/mcp-service.js';
import type { ClockDoubt } from '../../store/clock-doubt.js';
import type { SpeechFolder } from '../synthetic-speech.js';
import { ok, problem, warning, type Finding } from './check.js';

const SET_UP = 'Run `npm start`: it sets up what is missing.';

/** Without one of them calls go on: their flow goes its failure way. */
export function judgeMcpServers(servers: readonly McpServerState[]): Finding {
  if (servers.length === 0) return ok('none are named (tools.mcpFile)');
  const away = servers.flatMap(({ name, why }) => (why === undefined ? [] : [`${name} (${why})`]));
  if (away.length === 0) return ok(servers.map(({ name }) => name).join(', '));
  return warning(
    `not there: ${away.join(', ')}`,
    'Start it, or correct it in tools.mcpFile; docs/guides/tools.md says what each word means.',
  );
}

const OLDEST_NODE = [20, 11] as const;

/** @param version as in `process.versions.node` */
export function judgeNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  const enough = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  return enough ? ok(version) : problem(version, `Install Node ${OLDEST_NODE.join('.')} or newer.`);
}

/** What the venv's Python says about itself: a version for each package that can be imported, else why not. */
export interface PythonReport {
  readonly version: string;
  readonly packages: Readonly<Record<string, { readonly version: string } | { readonly problem: string }>>;
}

/** @param report `undefined` when there is no venv */
export function judgePython(report: PythonReport | undefined): Finding {
  if (!report) return problem('no Python environment', SET_UP);
  const broken: string[] = [];
  const versions: string[] = [];
  for (const [name, found] of Object.entries(report.packages)) {
    if ('problem' in found) broken.push(`${name} (${found.problem})`);
    else versions.push(`${name} ${found.version}`);
  }
  return broken.length > 0
    ? problem(`Python ${report.version} cannot load ${broken.join(', ')}`, SET_UP)
    : ok([`Python ${report.version}`, ...versions].join(', '));
}

/** One line for all models: those that calls need, and those that make them better. */
export function judgeModels(states: readonly ModelState[]): Finding {
  const wanted = states.filter(({ model }) => model.need !== 'on-request');
  const lacking = wanted.filter(({ ready }) => !ready);
  const tell = (list: readonly ModelState[]): string => list.map(tellModel).join(', ');
  if (lacking.some(({ model }) => model.need === 'calls')) {
    return problem(tell(lacking), 'Run `npx handrail models fetch`, or `models import DIR` without internet.');
  }
  if (lacking.length > 0) {
    return warning(
      `${tell(lacking)}; calls run without`,
      'Run `npx handrail models fetch` for answers of the language model.',
    );
  }
  return ok(wanted.map(({ model }) => model.id).join(', '));
}

function tellModel({ model, files }: ModelState): string {
  if (files.every(({ state }) => state === 'missing')) return `${model.id} missing`;
  const wrong = files.filter(({ state }) => state !== 'ready').map(({ file, state }) => `${file.path} ${state}`);
  return `${model.id}: ${wrong.join(', ')}`;
}

/** A port that Handrail wants. */
export interface PortState {
  readonly use: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly free: boolean;
  /** Whether the Handrail that runs here says that it is its own. */
  readonly ours: boolean;
}

export function judgePorts(ports: readonly PortState[]): Finding {
  const name = ({ use, port, protocol }: PortState): string => `${use} ${port}/${protocol}`;
  const taken = ports.filter(({ free, ours }) => !free && !ours);
  if (taken.length > 0) {
    return problem(
      `in use by another program: ${taken.map(name).join(', ')}`,
      'Stop that program, or set another port (pbx.* and admin.port; docs/reference/configuration.md).',
    );
  }
  return ok(ports.map((port) => `${name(port)} ${port.free ? 'free' : 'held by the running Handrail'}`).join(', '));
}

export function judgeClock(doubt: ClockDoubt | undefined): Finding {
  if (!doubt) return ok('near to when Handrail last wrote something');
  return warning(
    `${String(doubt.days)} days ${doubt.clock} of when Handrail last wrote something`,
    'Compare it with a clock (`timedatectl`): by a wrong one calls and recordings are deleted too early or too late.',
  );
}

const GIB = 2 ** 30;
/** Set-up with everything that it downloads takes about this much. */
const COMFORTABLE_BYTES = 2 * GIB;
const NEEDED_BYTES = GIB / 4;

/** @param freeBytes for this user, in the file system of `path` */
export function judgeDisk(path: string, freeBytes: number): Finding {
  const found = `${(freeBytes / GIB).toFixed(1)} GiB free under ${path}`;
  const mend = 'Free some space, or move HANDRAIL_HOME and HANDRAIL_DATA to a larger disk.';
  if (freeBytes < NEEDED_BYTES) return problem(found, mend);
  return freeBytes < COMFORTABLE_BYTES ? warning(found, mend) : ok(found);
}

/** @param refused the folders that this user may not write to */
export function judgeWriting(folders: readonly string[], refused: readonly string[]): Finding {
  return refused.length > 0
    ? problem(
        `this user may not write to ${refused.join(', ')}`,
        'Change the owner, or set HANDRAIL_HOME and HANDRAIL_DATA.',
      )
    : ok(`may write to ${[...new Set(folders)].join(', ')}`);
}

export interface Processor {
  readonly cores: number;
  readonly model: string;
  readonly architecture: string;
  /** As in /proc/cpuinfo; empty where there is none. */
  readonly flags: ReadonlySet<string>;
}

/** Recognition is int8 arithmetic: AVX2 is what makes it fast enough on x86, VNNI (or Arm's dot product) doubles it. */
export function judgeProcessor({ cores, model, architecture, flags }: Processor): Finding {
  const fast = ['avx512_vnni', 'avx_vnni', 'asimddp'].filter((flag) => flags.has(flag));
  const known = flags.size > 0;
  const found = [`${cores} × ${model}`, known && flags.has('avx2') ? 'AVX2' : '', ...fast].filter(Boolean).join(', ');
  if (architecture === 'x64' && known && !flags.has('avx2')) {
    return warning(`${found} without AVX2`, 'Recognition is several times slower: use a newer processor.');
  }
  if (cores < 2) return warning(found, 'One core serves one talking caller; give it two or more.');
  if (known && fast.length === 0) {
    return warning(
      `${found}, no int8 instructions (VNNI)`,
      'It works; such a processor recognises about twice as fast.',
    );
  }
  return ok(found);
}

export function judgeSpeech(folder: SpeechFolder | undefined): Finding {
  if (!folder) {
    return warning(
      'no recorded callers',
      'Set-up makes some when they are needed; `npx handrail models fetch --speech` fetches real people.',
    );
  }
  return ok(`${folder.path} (${folder.kind === 'people' ? 'recordings of people' : 'made by set-up'})`);
}

export function judgeInstalled(installed: boolean, need: 'calls' | 'extra', what: string): Finding {
  if (installed) return ok(`${what} is installed`);
  return need === 'calls'
    ? problem(`${what} is missing`, SET_UP)
    : warning(`${what} is missing; questions are answered from the knowledge base only`, SET_UP);
}
