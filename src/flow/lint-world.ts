import type { Finding } from './finding.js';
import { lintFlow } from './lint.js';
import { defaultsOf, type Flow, type FlowNode } from './schema.js';
import type { ToolCall } from './schema-tool.js';

/** One way in which a sentence may be taken at a node: an option's or exit's id, or that of a written answer. */
export interface Taken {
  readonly id: string;
  readonly probability: number;
}

/** What a flow is looked at with, beside itself. */
export interface LintWorld {
  /** How the line's own NLU takes a sentence at a node, the most probable first. */
  readonly takes: (flow: Flow, nodeId: string, sentence: string) => readonly Taken[];
  /** Whether a person can be called there; undefined where that cannot be told. Absent: nobody is asked. */
  readonly knowsTarget?: (to: string) => Promise<boolean | undefined>;
  /** Why this line would not ask a service; undefined when it would. Absent: nobody knows the line. */
  readonly refusesTool?: (call: ToolCall) => Promise<string | undefined>;
  /** Whether a further language has a voice of its own here. Absent: nobody knows the line. */
  readonly hasVoice?: (language: string) => boolean;
  /** Whether a recording is there. Absent: nobody knows the line. */
  readonly hasRecording?: (name: string) => boolean;
}

/** Everything that is wrong with a flow, its phrases by the NLU's own measure and its transfer targets included. */
export async function lintInWorld(flow: Flow, world: LintWorld): Promise<readonly Finding[]> {
  const findings = [
    ...lintFlow(flow),
    ...collisions(flow, world),
    ...(await unknownTargets(flow, world)),
    ...(await refusedTools(flow, world)),
    ...voiceless(flow, world),
    ...missingRecordings(flow, world),
  ];
  return findings.sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}

/** A phrase that the NLU takes for something else leads callers wrong; one that it wavers about makes them wait. */
function collisions(flow: Flow, { takes }: LintWorld): readonly Finding[] {
  const { accept, confirm } = defaultsOf(flow);
  return Object.entries(flow.nodes).flatMap(([nodeId, node]) =>
    meant(node).flatMap(({ id, phrase }): readonly Finding[] => {
      const readings = takes(flow, nodeId, phrase);
      const own = readings.find((reading) => reading.id === id)?.probability ?? 0;
      const rival = readings.find((reading) => reading.id !== id);
      if (!rival || rival.probability < confirm || own >= accept) return [];
      const wrong = rival.probability >= own;
      return [
        {
          code: 'phrase-collision',
          severity: wrong && rival.probability >= accept ? 'error' : 'warning',
          nodeId,
          message: `“${phrase}” of ${id} is taken for ${rival.id} with ${percent(rival.probability)}, for ${id} with ${percent(own)}.`,
          mend: `Say it in words that ${rival.id} does not have, or leave it to one of the two.`,
        },
      ];
    }),
  );
}

function meant(node: FlowNode): readonly { readonly id: string; readonly phrase: string }[] {
  const options = node.kind === 'menu' ? node.options : node.kind === 'converse' ? node.exits : [];
  const answers = node.kind === 'converse' ? node.knowledge : [];
  return [
    ...options.flatMap(({ id, phrases }) => phrases.map((phrase) => ({ id, phrase }))),
    ...answers.flatMap(({ id, questions }) => questions.map((phrase) => ({ id, phrase }))),
  ];
}

/** So many extensions are asked for at once: more would wait for each other longer than a request may take. */
const ASKED_AT_ONCE = 8;

async function unknownTargets(flow: Flow, { knowsTarget }: LintWorld): Promise<readonly Finding[]> {
  if (!knowsTarget) return [];
  const called = Object.entries(flow.nodes).flatMap(([nodeId, node]) => calledBy(node).map((to) => ({ nodeId, to })));
  const unknown: typeof called = [];
  for (let at = 0; at < called.length; at += ASKED_AT_ONCE) {
    const some = called.slice(at, at + ASKED_AT_ONCE);
    const known = await Promise.all(some.map(({ to }) => knowsTarget(to)));
    unknown.push(...some.filter((_one, index) => known[index] === false));
  }
  return unknown.map(({ nodeId, to }) => ({
    code: 'unknown-target',
    severity: 'error',
    nodeId,
    message: `Asterisk does not know ${to} where it looks for people.`,
    mend: 'Correct the extension, or add it to the dialplan that ari.agentEndpoint names.',
  }));
}

/** The extensions that a node calls, each once. */
function calledBy(node: FlowNode): readonly string[] {
  if (node.kind === 'transfer') return [node.to];
  return node.kind === 'directory' ? [...new Set((node.people ?? []).map(({ extension }) => extension))] : [];
}

async function refusedTools(flow: Flow, { refusesTool }: LintWorld): Promise<readonly Finding[]> {
  if (!refusesTool) return [];
  const findings: Finding[] = [];
  for (const [nodeId, node] of Object.entries(flow.nodes)) {
    const calls = node.kind === 'tool' ? [node] : node.kind === 'converse' ? (node.llm?.tools ?? []) : [];
    for (const call of calls) {
      const reason = await refusesTool(call);
      if (reason === undefined) continue;
      findings.push({
        code: 'tool-not-allowed',
        severity: 'error',
        nodeId,
        message: `This line does not ask the service: ${reason}.`,
        mend: 'Correct the node, or let an operator change tools.hosts, tools.secretsDir or tools.mcpFile.',
      });
    }
  }
  return findings;
}

function voiceless(flow: Flow, { hasVoice }: LintWorld): readonly Finding[] {
  if (!hasVoice) return [];
  return Object.keys(flow.languages ?? {})
    .filter((language) => !hasVoice(language))
    .map((language) => ({
      code: 'no-voice',
      severity: 'warning',
      nodeId: 'flow',
      message: `${language} has no voice here: its texts are spoken by the voice for ${flow.language}.`,
      mend: 'Let an operator name one in tts.voices, or record the texts.',
    }));
}

function missingRecordings(flow: Flow, { hasRecording }: LintWorld): readonly Finding[] {
  if (!hasRecording) return [];
  const named = new Set(Object.values(flow.recordings ?? {}).flatMap((own) => Object.values(own)));
  return [...named]
    .filter((name) => !hasRecording(name))
    .map((name) => ({
      code: 'unknown-recording',
      severity: 'error',
      nodeId: 'flow',
      message: `There is no recording ${name} here.`,
      mend: 'Upload it, or take it out of the flow’s `recordings`: the voice speaks the text then.',
    }));
}

function percent(probability: number): string {
  return `${String(Math.round(probability * 100))} %`;
}
