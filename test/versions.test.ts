import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../src/config/index.js';
import { compileDialplan } from '../src/fallback-ivr/dialplan/index.js';
import { flowText } from '../src/flow/flow-text.js';
import type { CanaryReport } from '../src/flow/canary-desk.js';
import type { Finding } from '../src/flow/finding.js';
import type { Flow } from '../src/flow/schema.js';
import { systemClock } from '../src/kernel/clock.js';
import type { StoredCall } from '../src/store/port.js';
import { expectNothingLeft, until, useLine } from './harness.js';
import { cafeFlow } from './support/flows.js';

const line = useLine();
const cafe = cafeFlow();

/** The café with other words: only prompts that every run has rendered, so that nothing has to be spoken for it. */
const changed: Flow = {
  ...cafe,
  start: 'openNow',
  nodes: {
    ...cafe.nodes,
    openNow: { ...cafe.nodes['openNow']!, kind: 'say', next: cafe.start } as Flow['nodes'][string],
  },
};

/** What a version may take with every prompt rendered, on a busy machine; the figure itself is printed. */
const LIVE_WITHIN_MS = 10_000;
/** A call to an extension of the house, on a busy machine. */
const UP_WITHIN_MS = 15_000;

test('a version goes live on both faces while a call stays on its own, and is taken back', async () => {
  const before = await line().call();
  await before.hearsVoice();

  const begunMs = systemClock.nowMs();
  const published = await line().ask('/api/flow/publish', {
    method: 'POST',
    body: { why: 'opening hours first', document: changed },
  });
  const tookMs = systemClock.nowMs() - begunMs;
  console.log(`a version with rendered prompts was live after ${tookMs.toFixed(0)} ms`);
  expect(tookMs).toBeLessThan(LIVE_WITHIN_MS);
  expect(published).toMatchObject({ version: 2, author: 'token local', why: 'opening hours first' });

  const after = await line().call();
  const first = await after.turn(({ index }) => index === 1);
  expect(first.said).toContain(promptOf(changed, 'openNow'));
  await after.expectPrompt(promptOf(changed, 'openNow'));
  expect((await line().record(after.callerId))?.flowVersion).toBe(2);
  await after.hangup();
  expect(await copyInForce()).toBe(copyOf(changed));

  // The call of before goes on in the flow that it began with.
  await before.press('2');
  const { nextNodeId } = await before.turn(({ input }) => input.type === 'keys');
  expect(nextNodeId).toBe('anythingElse');
  expect((await line().record(before.callerId))?.flowVersion).toBe(1);
  await before.hangup();

  await line().ask('/api/flow/rollback', { method: 'POST', body: { version: 1, why: 'not on a Friday' } });
  const back = await line().call();
  const again = await back.turn(({ index }) => index === 1);
  expect(again.said).toContain(promptOf(cafe, cafe.start));
  await back.hangup();
  expect(await copyInForce()).toBe(copyOf(JSON.parse(flowText(cafe)) as Flow));
  const { flow, version } = (await line().ask('/api/flow')) as { flow: Flow; version: number };
  expect([version, flowText(flow)]).toEqual([3, flowText(cafe)]);
});

test('a canary is heard by its callers, while the dialplan keeps the live version', async () => {
  const body = { why: 'try it', document: changed, share: 1, callers: [] };
  const { version } = (await line().ask('/api/flow/canary', { method: 'POST', body })) as { version: number };
  const tries = await line().call();
  const first = await tries.turn(({ index }) => index === 1);
  expect(first.said).toContain(promptOf(changed, 'openNow'));
  await tries.hangup();
  expect((await line().record(tries.callerId))?.flowVersion).toBe(version);
  expect(await copyInForce()).toBe(copyOf(JSON.parse(flowText(cafe)) as Flow));
  const { figures } = (await line().ask('/api/flow/canary')) as CanaryReport;
  expect(figures).toMatchObject({ stable: { calls: 0 }, canary: { calls: 1, contained: 1 } });

  await line().ask('/api/flow/canary/stop', { method: 'POST', body: { why: 'enough' } });
  const back = await line().call();
  const again = await back.turn(({ index }) => index === 1);
  expect(again.said).toContain(promptOf(cafe, cafe.start));
  await back.hangup();
});

test('a flow that is not live is tried on an extension, from a node on, and the call is ended from outside', async () => {
  const body = { extension: '300', node: 'orderNumber', document: changed };
  const { callId } = (await line().ask('/api/flow/call', { method: 'POST', body })) as { callId: string };
  const look = async (holds: (call: StoredCall) => boolean): Promise<StoredCall | undefined> => {
    const call = (await line()
      .ask(`/api/calls/${callId}`)
      .catch(() => undefined)) as StoredCall | undefined;
    return call && holds(call) ? call : undefined;
  };
  const begun = await until(UP_WITHIN_MS, () => look(({ turns }) => turns.length > 0));
  expect(begun).toMatchObject({ flowVersion: 0, turns: [{ nextNodeId: 'orderNumber' }] });
  await line().ask(`/api/calls/${callId}/move`, { method: 'POST', body: { to: 'end' } });
  const ended = await until(UP_WITHIN_MS, () => look(({ ending }) => ending !== undefined));
  expect(ended?.ending).toBe('hungup-by-admin');
});

test('a transfer to nobody stops the publishing, and says so', async () => {
  const person = { ...cafe.nodes['person'], to: '9999' };
  const document = { ...cafe, nodes: { ...cafe.nodes, person } };
  const { findings } = (await line().ask('/api/flow/check', { method: 'POST', body: { document } })) as {
    findings: Finding[];
  };
  expect(findings.map(({ nodeId, code }) => [nodeId, code])).toEqual([['person', 'unknown-target']]);
  const publish = line().ask('/api/flow/publish', { method: 'POST', body: { document, why: 'wrong' } });
  await expect(publish).rejects.toMatchObject({ code: 'HR_FLOW_INVALID' });
});

test('leaves nothing', () => expectNothingLeft(line()));

function promptOf(flow: Flow, nodeId: string): string {
  const node = flow.nodes[nodeId];
  if (!node || !('prompt' in node) || node.prompt === undefined) throw new Error(`${nodeId} says nothing`);
  return node.prompt;
}

function copyInForce(): Promise<string> {
  return readFile(join(line().dataDir, 'dialplan/handrail-flow.conf'), 'ascii');
}

function copyOf(flow: Flow): string {
  const dir = join(line().dataDir, 'dialplan');
  const folders = { soundDir: join(dir, 'sounds'), messageDir: join(dir, 'messages') };
  const { agentEndpoint, app } = loadConfig({ env: {} }).ari;
  return compileDialplan(flow, { app, context: 'handrail-flow', ...folders, agentEndpoint }).extensionsConf;
}
