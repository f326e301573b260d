import { execFile } from 'node:child_process';
import { access, constants, readFile, statfs } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Config } from '../../config/index.js';
import { cacheDir, dataDir, homeDir } from '../../kernel/paths.js';
import { systemClock } from '../../kernel/clock.js';
import { silentLogger } from '../../kernel/log.js';
import { loadManifest } from '../../local-models/model-store-manifest.js';
import { doubtClock, lastWritten } from '../../store/clock-doubt.js';
import { McpService, type McpServerState } from '../../tools/mcp/mcp-service.js';
import { readServersFile } from '../../tools/mcp/servers-file.js';
import { ToolSecrets } from '../../tools/secrets.js';
import { version } from '../../version.js';
import { openModelStore } from '../models.js';
import { isPortFree, privatePbxInstalled } from '../private-pbx.js';
import { readRunInfo } from '../run-info.js';
import { findSpeechFolder } from '../synthetic-speech.js';
import { ok, type Check } from './check.js';
import {
  judgeClock,
  judgeDisk,
  judgeInstalled,
  judgeMcpServers,
  judgeModels,
  judgeNode,
  judgePorts,
  judgeProcessor,
  judgePython,
  judgeSpeech,
  judgeWriting,
  type PortState,
  type PythonReport,
} from './machine-judgement.js';

const execute = promisify(execFile);
/** Where the private Asterisk listens. */
const LOOPBACK = '127.0.0.1';

/** Everything of this machine that Handrail needs. The next check is one more entry. */
export const machineChecks: readonly Check<Config>[] = [
  { name: 'Node', look: () => judgeNode(process.versions.node) },
  { name: 'processor', look: async () => judgeProcessor({ ...processor(), flags: await processorFlags() }) },
  { name: 'clock', look: () => judgeClock(doubtClock(systemClock.wallMs(), lastWritten(dataDir))) },
  { name: 'disk', look: async () => judgeDisk(homeDir, await freeBytes(homeDir)) },
  { name: 'write rights', look: async () => judgeWriting([cacheDir, dataDir], await refusedFolders()) },
  { name: 'Python', look: async () => judgePython(await askPython()) },
  { name: 'models', look: async () => judgeModels(await openModelStore(loadManifest()).list()) },
  {
    name: 'language model',
    look: ({ llm }) =>
      llm.engine === 'llama-server' && llm.url === undefined
        ? judgeInstalled(hasLlama(), 'extra', 'llama-server')
        : ok(`none on this machine: llm.engine is ${llm.engine}`),
  },
  {
    name: 'private Asterisk',
    look: ({ ari }) =>
      ari.url === undefined
        ? judgeInstalled(privatePbxInstalled(), 'calls', 'Asterisk')
        : ok('not needed: ari.url is set'),
  },
  { name: 'ports', look: async (config) => judgePorts(await wantedPorts(config)) },
  { name: 'MCP servers', look: async ({ tools }) => judgeMcpServers(await mcpServers(tools)) },
  { name: 'recorded callers', look: () => judgeSpeech(findSpeechFolder()) },
];

/** Each is begun and ended again, as the controller begins it. @throws HandrailError HR_MCP_SERVERS */
async function mcpServers({ mcpFile, secretsDir }: Config['tools']): Promise<readonly McpServerState[]> {
  if (mcpFile === undefined) return [];
  const secrets = new ToolSecrets(secretsDir);
  const servers = readServersFile(mcpFile);
  const service = new McpService({ servers, secrets, version, clock: systemClock, log: silentLogger });
  try {
    return await service.look();
  } finally {
    await service.close();
  }
}

function processor() {
  const all = cpus();
  return { cores: all.length, model: all[0]?.model.trim() ?? 'unknown processor', architecture: process.arch };
}

/** Linux on x86 calls the line `flags`, on Arm `Features`. */
async function processorFlags(): Promise<ReadonlySet<string>> {
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1] ?? '';
  return new Set(line.split(' ').filter(Boolean));
}

async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(existingFolder(path));
  return bavail * bsize;
}

async function refusedFolders(): Promise<string[]> {
  const refused: string[] = [];
  for (const path of [cacheDir, dataDir]) {
    await access(existingFolder(path), constants.W_OK).catch(() => refused.push(path));
  }
  return refused;
}

/** A folder that is not there yet is made in the nearest one that is. */
function existingFolder(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : existingFolder(dirname(path));
}

/** Imported for real: a package whose library does not load on this processor is found too. */
const pythonScript = `
import importlib, json, platform
from importlib.metadata import version
found = {}
for name, module in (("onnx", "onnx"), ("onnxruntime", "onnxruntime"), ("tokenizers", "tokenizers"), ("numpy", "numpy"), ("soxr", "soxr"), ("piper-tts", "piper")):
    try:
        importlib.import_module(module)
        found[name] = {"version": version(name)}
    except Exception as error:
        found[name] = {"problem": str(error) or type(error).__name__}
print(json.dumps({"version": platform.python_version(), "packages": found}))
`;
const PYTHON_LIMIT_MS = 30_000;

async function askPython(): Promise<PythonReport | undefined> {
  const python = join(homeDir, 'venv/bin/python');
  if (!existsSync(python)) return undefined;
  const { stdout } = await execute(python, ['-c', pythonScript], { timeout: PYTHON_LIMIT_MS });
  return JSON.parse(stdout) as PythonReport;
}

function hasLlama(): boolean {
  return existsSync(join(homeDir, 'llama/prefix/usr/bin/llama-server'));
}

async function wantedPorts({ ari, pbx, admin }: Config): Promise<PortState[]> {
  const running = await readRunInfo();
  const adminPort = running && Number(new URL(running.adminUrl).port);
  const wanted = [
    { use: 'admin page', port: admin.port, protocol: 'tcp', host: admin.host, ours: adminPort === admin.port },
    ...(ari.url === undefined
      ? ([
          { use: 'SIP', port: pbx.sipPort, protocol: 'udp', host: LOOPBACK, ours: running?.sipPort === pbx.sipPort },
          { use: 'ARI', port: pbx.httpPort, protocol: 'tcp', host: LOOPBACK, ours: running?.sipPort === pbx.sipPort },
        ] as const)
      : []),
  ] as const;
  return Promise.all(
    wanted.map(async ({ host, ...port }) => ({ ...port, free: await isPortFree(port.protocol, port.port, host) })),
  );
}
