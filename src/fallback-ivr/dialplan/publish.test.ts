import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compileDialplan } from './compile.js';
import { publishDialplan, type PublishOptions } from './publish.js';
import { smallFlow } from '../../dialog/testing/small-flow.js';
import { HandrailError } from '../../kernel/errors.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-publish-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const confFile = (): string => join(dir, 'flow.conf');
const soundDir = (): string => join(dir, 'sounds');

function options(changes: Partial<PublishOptions> = {}): PublishOptions {
  return {
    flow: smallFlow,
    dialplan: {
      app: 'desk',
      context: 'flow',
      soundDir: soundDir(),
      messageDir: join(dir, 'messages'),
      agentEndpoint: 'Local/{to}@agents',
    },
    prompts: { render: () => Promise.resolve({ samples: Int16Array.of(1, -2) }) },
    confFile: confFile(),
    reload: () => Promise.resolve(),
    show: () => Promise.resolve(["'s' =>", ...Object.keys(smallFlow.nodes).map((id) => `'node-${id}' =>`)].join('\n')),
    ...changes,
  };
}

test('every sound lies there, as signed linear PCM, before Asterisk is told', async () => {
  const reload = (): Promise<void> => {
    const { sounds, extensionsConf } = compileDialplan(smallFlow, options().dialplan);
    expect(readdirSync(soundDir()).sort()).toEqual(sounds.map((s) => `${s.name}.sln`).sort());
    expect(readFileSync(confFile(), 'utf8')).toBe(extensionsConf);
    return Promise.resolve();
  };
  const report = await publishDialplan(options({ reload }));
  expect(report).toEqual({ written: report.sounds, sounds: report.sounds, nodes: Object.keys(smallFlow.nodes).length });
  const [first = ''] = readdirSync(soundDir());
  expect([...readFileSync(join(soundDir(), first))]).toEqual([1, 0, 254, 255]);
});

test('a second time nothing is written; another voice is', async () => {
  await publishDialplan(options());
  expect((await publishDialplan(options())).written).toBe(0);
  const otherVoice = { render: () => Promise.resolve({ samples: Int16Array.of(5) }) };
  const { written, sounds } = await publishDialplan(options({ prompts: otherVoice }));
  expect(written).toBe(sounds);
});

test('a voice that fails leaves the old copy alone, and Asterisk is not told', async () => {
  writeFileSync(confFile(), 'old');
  let reloads = 0;
  const failing = options({
    prompts: { render: () => Promise.reject(new HandrailError('HR_ENGINE_DOWN', 'piper')) },
    reload: () => Promise.resolve(void reloads++),
  });
  await expect(publishDialplan(failing)).rejects.toMatchObject({ code: 'HR_ENGINE_DOWN' });
  expect(readFileSync(confFile(), 'utf8')).toBe('old');
  expect(reloads).toBe(0);
});

test('a node that Asterisk did not load brings the old copy back, and it is loaded again', async () => {
  writeFileSync(confFile(), 'old');
  const seen: string[] = [];
  const failing = options({
    show: () => Promise.resolve("'s' => 'node-main' =>"),
    reload: () => Promise.resolve(void seen.push(readFileSync(confFile(), 'utf8').slice(0, 3))),
  });
  await expect(publishDialplan(failing)).rejects.toThrow(/node-drink/);
  expect(seen).toEqual(['; W', 'old']);
});

test('without an old copy a failure leaves none', async () => {
  const failing = options({ reload: () => Promise.reject(new HandrailError('HR_ARI_UNREACHABLE', 'pbx')) });
  await expect(publishDialplan(failing)).rejects.toMatchObject({ code: 'HR_ARI_UNREACHABLE' });
  expect(readdirSync(dir).sort()).toEqual(['messages', 'sounds']);
});

test('a folder that cannot be written is told with its path', async () => {
  writeFileSync(soundDir(), 'a file where the folder should be');
  await expect(publishDialplan(options())).rejects.toMatchObject({ code: 'HR_DIALPLAN_FAILED' });
});
