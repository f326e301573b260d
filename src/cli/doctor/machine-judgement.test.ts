import { describe, expect, it } from 'vitest';
import type { FileState, ModelState } from '../../local-models/model-store.js';
import {
  judgeDisk,
  judgeMcpServers,
  judgeModels,
  judgeNode,
  judgePorts,
  judgeProcessor,
  judgePython,
  judgeSpeech,
  judgeWriting,
} from './machine-judgement.js';

function model(need: 'calls' | 'extra' | 'on-request', ...states: FileState[]): ModelState {
  const files = states.map((state, index) => ({
    file: { path: `${index}.bin`, bytes: 1, sha256: '0'.repeat(64) },
    state,
  }));
  return {
    model: { id: `model-${need}`, use: '', need, licence: '', files: files.map(({ file }) => file), sources: [] },
    files,
    ready: states.every((state) => state === 'ready'),
  };
}

describe('this machine', () => {
  it('needs Node 20.11', () => {
    expect(judgeNode('20.11.0').state).toBe('ok');
    expect(judgeNode('22.1.0').state).toBe('ok');
    expect(judgeNode('20.10.9').state).toBe('problem');
    expect(judgeNode('18.20.0').state).toBe('problem');
  });

  it('needs every Python package to load', () => {
    const numpy = { version: '2.4.6' };
    expect(judgePython(undefined).state).toBe('problem');
    expect(judgePython({ version: '3.11.7', packages: { numpy } })).toEqual({
      state: 'ok',
      found: 'Python 3.11.7, numpy 2.4.6',
    });
    const broken = judgePython({ version: '3.11.7', packages: { numpy, soxr: { problem: 'no libgomp' } } });
    expect(broken).toMatchObject({ state: 'problem', found: 'Python 3.11.7 cannot load soxr (no libgomp)' });
  });

  it('needs the models of calls, and does without the others', () => {
    expect(judgeModels([model('calls', 'ready'), model('on-request', 'missing')]).state).toBe('ok');
    expect(judgeModels([model('calls', 'ready'), model('extra', 'missing')]).state).toBe('warning');
    expect(judgeModels([model('calls', 'ready', 'broken')])).toMatchObject({
      state: 'problem',
      found: 'model-calls: 1.bin broken',
    });
    expect(judgeModels([model('calls', 'missing', 'missing')]).found).toBe('model-calls missing');
  });

  it('needs ports that are free or held by the running Handrail', () => {
    const port = { use: 'SIP', port: 5_160, protocol: 'udp' } as const;
    expect(judgePorts([{ ...port, free: true, ours: false }])).toEqual({ state: 'ok', found: 'SIP 5160/udp free' });
    expect(judgePorts([{ ...port, free: false, ours: true }]).state).toBe('ok');
    expect(judgePorts([{ ...port, free: false, ours: false }]).state).toBe('problem');
  });

  it('needs room and rights', () => {
    expect(judgeDisk('/x', 3 * 2 ** 30).state).toBe('ok');
    expect(judgeDisk('/x', 2 ** 30).state).toBe('warning');
    expect(judgeDisk('/x', 2 ** 27).state).toBe('problem');
    expect(judgeWriting(['/a', '/a'], [])).toEqual({ state: 'ok', found: 'may write to /a' });
    expect(judgeWriting(['/a', '/b'], ['/b'])).toMatchObject({
      state: 'problem',
      found: expect.stringContaining('/b'),
    });
  });

  it('warns of a processor that recognises slowly', () => {
    const processor = { cores: 2, model: 'x', architecture: 'x64', flags: new Set(['avx2', 'avx512_vnni']) };
    expect(judgeProcessor(processor)).toEqual({ state: 'ok', found: '2 × x, AVX2, avx512_vnni' });
    expect(judgeProcessor({ ...processor, flags: new Set(['avx2']) }).state).toBe('warning');
    expect(judgeProcessor({ ...processor, flags: new Set(['sse4_2']) }).found).toContain('without AVX2');
    expect(judgeProcessor({ ...processor, cores: 1 }).state).toBe('warning');
    expect(judgeProcessor({ ...processor, architecture: 'arm64', flags: new Set(['asimddp']) }).state).toBe('ok');
    // No /proc/cpuinfo: nothing is known, nothing is said.
    expect(judgeProcessor({ ...processor, flags: new Set() }).state).toBe('ok');
  });

  it('knows MCP servers that are not there', () => {
    const shop = { name: 'shop', why: undefined };
    expect(judgeMcpServers([])).toMatchObject({ state: 'ok' });
    expect(judgeMcpServers([shop])).toEqual({ state: 'ok', found: 'shop' });
    expect(judgeMcpServers([shop, { name: 'stock', why: 'unreachable' }])).toMatchObject({
      state: 'warning',
      found: 'not there: stock (unreachable)',
    });
  });

  it('says who speaks in tests', () => {
    expect(judgeSpeech(undefined).state).toBe('warning');
    expect(judgeSpeech({ path: '/x', kind: 'people' }).found).toBe('/x (recordings of people)');
  });
});
