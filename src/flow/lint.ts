import { HandrailError } from '../kernel/errors.js';
import { slotOf } from './directory.js';
import { duplicates } from './lint-duplicates.js';
import type { Finding } from './finding.js';
import { graphFindings } from './lint-graph.js';
import { directoryFindings } from './lint-directory.js';
import { languageFindings } from './lint-languages.js';
import { flowIn } from './languages.js';
import { subflowFindings } from './lint-subflow.js';
import { modelToolFindings, toolFindings } from './lint-tool.js';
import type { Entity, Flow, FlowNode, FormNode, HoursNode, Option } from './schema.js';
import { spoken } from './expectation.js';
import type { ToolCall } from './schema-tool.js';
import { namesIn } from './template.js';
import { variablesOfTool } from './tool.js';

export { edgesOf, type Edge } from './edges.js';
export type { Finding, FindingCode } from './finding.js';

/** What a check of one node gives; the node's name is added by the caller. */
type NodeFinding = Omit<Finding, 'nodeId'>;

/** Finds what is wrong with a flow beyond its schema. Pure; errors first, then in the order of the nodes. */
export function lintFlow(flow: Flow): readonly Finding[] {
  const known = variablesOf(flow);
  const findings = [
    ...graphFindings(flow),
    ...subflowFindings(flow),
    ...languageFindings(flow),
    ...Object.entries(flow.nodes).flatMap(([nodeId, node]) =>
      [...nodeFindings(node), ...templateFindings(node, known)].map((finding) => ({ ...finding, nodeId })),
    ),
    ...Object.keys(flow.languages ?? {}).flatMap((language) => translatedTemplates(flow, language, known)),
  ];
  return findings.sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}

function nodeFindings(node: FlowNode): readonly NodeFinding[] {
  switch (node.kind) {
    case 'menu':
      return [
        ...optionFindings(node.options),
        ...labelFindings(node, node.options),
        ...duplicates(
          'duplicate-key',
          'number',
          (node.directDial ?? []).map(({ number }) => number),
        ),
      ];
    case 'converse':
      return [
        ...optionFindings(node.exits),
        ...labelFindings(node, node.exits),
        ...duplicates(
          'duplicate-option',
          'answer id',
          node.knowledge.map((k) => k.id),
        ),
        ...modelToolFindings(node.llm?.tools ?? []),
      ];
    case 'collect':
      return [
        ...(node.records && node.entity.type !== 'yesno' ? [consentWithoutYes] : []),
        ...entityFindings(node.slot, node.entity),
        ...(node.examples ?? []).flatMap((example) => exampleFindings(example, new Set([node.slot]))),
      ];
    case 'form':
      return formFindings(node);
    case 'directory':
      return directoryFindings(node);
    case 'hours':
      return hoursFindings(node);
    case 'tool':
      return toolFindings(node);
    case 'say':
    case 'branch':
    case 'set':
    case 'language':
    case 'subflow':
    case 'return':
    case 'callback':
    case 'transfer':
    case 'voicemail':
    case 'hangup':
      return [];
    default:
      return node satisfies never;
  }
}

/** A label that cannot be said makes a key that nobody knows of, unless the node has a keypad prompt of its own. */
function labelFindings(node: { readonly keyPrompt?: string }, options: readonly Option[]): readonly NodeFinding[] {
  if (node.keyPrompt !== undefined) return [];
  return options
    .filter(({ label }) => !/[\p{L}\p{N}]/u.test(label))
    .map(({ id, key }) => ({
      code: 'no-way-by-keys',
      severity: 'error',
      message: `The label of ${id} has no word in it: nobody hears what key ${key} is for.`,
      mend: 'Write the label as in “for LABEL, press KEY”, or give the node a keyPrompt.',
    }));
}

function optionFindings(options: readonly Option[]): readonly NodeFinding[] {
  const phrases = options.flatMap((option) => [
    ...new Set(option.phrases.map((phrase) => phrase.toLowerCase().trim())),
  ]);
  return [
    ...duplicates(
      'duplicate-key',
      'key',
      options.map((option) => option.key),
    ),
    ...duplicates(
      'duplicate-option',
      'option id',
      options.map((option) => option.id),
    ),
    ...duplicates('duplicate-phrase', 'phrase', phrases),
  ];
}

const consentWithoutYes: NodeFinding = {
  code: 'consent-entity',
  severity: 'error',
  message: 'It asks whether the call may be recorded, but not for yes or no.',
  mend: 'Make the entity `yesno`, or take `records` out.',
};

function formFindings(form: FormNode): readonly NodeFinding[] {
  const names = form.slots.map((slot) => slot.name);
  const shown = new Set(form.examples.flatMap((example) => namesIn(example)));
  const findings: NodeFinding[] = [
    ...duplicates('duplicate-slot', 'slot', names),
    ...form.slots.flatMap((slot) => entityFindings(slot.name, slot.entity)),
    ...form.examples.flatMap((example) => exampleFindings(example, new Set(names))),
  ];
  for (const name of names.filter((slot) => !shown.has(slot))) {
    findings.push({
      code: 'slot-without-example',
      severity: 'warning',
      message: `No example sentence names the slot ${name}: by voice it can only be said alone.`,
      mend: `Add a sentence with {${name}}.`,
    });
  }
  if (!form.slots.some((slot) => slot.required)) {
    findings.push({
      code: 'no-required-slot',
      severity: 'warning',
      message: 'No slot is required: the form is done as soon as anything was said.',
      mend: 'Mark the slots that the form cannot do without as required.',
    });
  }
  return findings;
}

function exampleFindings(example: string, slots: ReadonlySet<string>): readonly NodeFinding[] {
  const named = namesIn(example);
  const findings = named
    .filter((name) => !slots.has(name))
    .map((name): NodeFinding => ({
      code: 'unknown-slot',
      severity: 'error',
      message: `The example “${example}” names {${name}}, which is no slot here.`,
      mend: `Use one of ${[...slots].join(', ')}.`,
    }));
  if (named.length > 0) return findings;
  return [
    {
      code: 'example-without-slot',
      severity: 'warning',
      message: `The example “${example}” names no slot, so nothing can be learnt from it.`,
      mend: 'Put the slots into the sentence, as in “a {size} {drink}”.',
    },
  ];
}

function entityFindings(slot: string, entity: Entity): readonly NodeFinding[] {
  if (entity.type === 'time') {
    const { from = '00:00', to = '24:00' } = entity;
    if (from < to && to <= '24:00') return [];
    const message = `${slot} can be no time of a day: from ${from} to ${to}.`;
    return [{ code: 'range', severity: 'error', message, mend: 'Give a time before another, up to 24:00.' }];
  }
  if (entity.type === 'digits' || entity.type === 'number') {
    if (entity.min <= entity.max) return [];
    const message = `The least of ${slot} (${entity.min}) is more than the most (${entity.max}).`;
    return [{ code: 'range', severity: 'error', message, mend: 'Exchange min and max.' }];
  }
  if (entity.type !== 'list' && entity.type !== 'compound') return [];
  const lists = entity.type === 'list' ? [entity.values] : entity.parts.map((part) => part.values);
  return lists.flatMap((values) => {
    const long = longListFindings(slot, values.length);
    const forms = values.flatMap((value) => [...new Set(spoken(value).forms.map((form) => form.toLowerCase()))]);
    return [...long, ...duplicates('duplicate-value', `value of ${slot}`, forms)];
  });
}

/** On the keypad a list is read page by page, eight values a page. */
const LONG_LIST = 24;
const ENDLESS_LIST = 200;

function longListFindings(slot: string, length: number): readonly NodeFinding[] {
  if (length <= LONG_LIST) return [];
  const endless = length > ENDLESS_LIST;
  return [
    {
      code: endless ? 'no-way-by-keys' : 'long-key-list',
      severity: endless ? 'error' : 'warning',
      message: `${slot} has ${length} values: by keys they are read out eight at a time.`,
      mend: 'Ask for a number instead, or divide the list by a menu before it.',
    },
  ];
}

function hoursFindings(node: HoursNode): readonly NodeFinding[] {
  const findings = node.open
    .filter(({ from, to }) => from >= to || to > '24:00' || from >= '24:00')
    .map(({ days, from, to }): NodeFinding => ({
      code: 'hours',
      severity: 'error',
      message: `${days.join(', ')}: from ${from} to ${to} is no time of a day.`,
      mend: 'Give a time before another; write hours past midnight as two ranges, up to 24:00 and from 00:00.',
    }));
  if (isTimezone(node.timezone)) return findings;
  const message = `The time zone ${node.timezone} is not known.`;
  return [...findings, { code: 'hours', severity: 'error', message, mend: 'Use an IANA name such as Europe/Berlin.' }];
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function sentBy({ body, mcp, url }: ToolCall): readonly string[] {
  return [url ?? '', ...Object.values(body ?? {}), ...Object.values(mcp?.arguments ?? {})];
}

/** The variables that some node sets. */
function variablesOf(flow: Flow): ReadonlySet<string> {
  return new Set(
    Object.values(flow.nodes).flatMap((node) => {
      if (node.kind === 'collect') return [node.slot];
      if (node.kind === 'form') return node.slots.map((slot) => slot.name);
      if (node.kind === 'directory') return [slotOf(node)];
      if (node.kind === 'tool') return node.results.map((result) => result.name);
      if (node.kind === 'converse') return (node.llm?.tools ?? []).flatMap(variablesOfTool);
      if (node.kind === 'subflow') return Object.keys(node.arguments ?? {});
      return node.kind === 'set' ? Object.keys(node.values) : [];
    }),
  );
}

/** What is wrong with texts in a further language alone. */
function translatedTemplates(flow: Flow, language: string, known: ReadonlySet<string>): readonly Finding[] {
  return Object.entries(flowIn(flow, language).nodes).flatMap(([nodeId, node]) => {
    const own = flow.nodes[nodeId];
    const told = new Set(own ? templateFindings(own, known).map(({ message }) => message) : []);
    return templateFindings(node, known)
      .filter(({ message }) => !told.has(message))
      .map((finding) => ({ ...finding, nodeId, message: `${language}: ${finding.message}` }));
  });
}

function templateFindings(node: FlowNode, known: ReadonlySet<string>): readonly NodeFinding[] {
  const prompts = promptsOf(node);
  const named = [...prompts, ...namedElsewhere(node)];
  const unknown = new Set(named.flatMap((text) => namesIn(text)).filter((name) => !known.has(name)));
  const findings = [...unknown].map((name): NodeFinding => ({
    code: node.kind === 'form' ? 'unknown-slot' : 'unknown-variable',
    severity: 'error',
    message: `A text names {${name}}, which no node sets.`,
    mend: `Use one of ${[...known].join(', ') || 'the slots of a collect or form node'}.`,
  }));
  for (const prompt of prompts.filter((text) => !isBalanced(text))) {
    findings.push({
      code: 'unbalanced-template',
      severity: 'error',
      message: `The brackets of “${prompt}” do not match.`,
      mend: 'Close every { and [; groups in […] cannot stand inside each other.',
    });
  }
  return findings;
}

/** Texts of a node that nobody hears. */
function namedElsewhere(node: FlowNode): readonly string[] {
  if (node.kind === 'tool') return sentBy(node);
  if (node.kind === 'converse') return (node.llm?.tools ?? []).flatMap(sentBy);
  if (node.kind !== 'callback') return [];
  return [node.about ?? '', ...(node.number === undefined ? [] : [`{${node.number}}`])];
}

function promptsOf(node: FlowNode): readonly string[] {
  const prompts = 'prompt' in node && node.prompt !== undefined ? [node.prompt] : [];
  if ('noInput' in node) prompts.push(...(node.noInput ?? []));
  if ('noMatch' in node) prompts.push(...(node.noMatch ?? []));
  if ('keyPrompt' in node && node.keyPrompt !== undefined) prompts.push(node.keyPrompt);
  if ('confirmPrompt' in node && node.confirmPrompt !== undefined) prompts.push(node.confirmPrompt);
  if ('connecting' in node && node.connecting !== undefined) prompts.push(node.connecting);
  if (node.kind === 'form') prompts.push(...node.slots.map((slot) => slot.ask));
  if (node.kind === 'converse') {
    prompts.push(...node.knowledge.map((entry) => entry.answer));
    prompts.push(...(node.llm?.tools ?? []).flatMap(({ answer }) => answer ?? []));
  }
  return prompts;
}

function isBalanced(text: string): boolean {
  return !/[{}[\]]/.test(text.replace(/\{[A-Za-z][A-Za-z0-9_]*\}/g, '').replace(/\[[^[\]]*\]/g, ''));
}

/**
 * What callers may be sent through: a flow without errors; warnings pass.
 *
 * @param where file or other place that the flow comes from, for the message
 * @throws HandrailError HR_FLOW_INVALID with one line a finding
 */
export function requireSound(flow: Flow, where: string): Flow {
  requireNoErrors(lintFlow(flow), where);
  return flow;
}

/** @throws HandrailError HR_FLOW_INVALID with one line an error; warnings pass */
export function requireNoErrors(findings: readonly Finding[], where: string): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  const lines = errors.map(({ nodeId, message, mend }) => `  ${nodeId}: ${message} ${mend}`);
  throw new HandrailError('HR_FLOW_INVALID', `${where}:\n${lines.join('\n')}`);
}
