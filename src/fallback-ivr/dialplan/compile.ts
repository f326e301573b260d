import { Copy, setBoth, variable, variableNames } from './copy.js';
import type { Extension } from './dialplan-text.js';
import { writeDirectory } from './directory.js';
import { writeHours } from './hours.js';
import type { CompiledDialplan, DialplanOptions } from './options.js';
import { QuestionWriter } from './questions.js';
import { writeRoutines } from './routines.js';
import {
  checkNodeNames,
  encodeValue,
  safeContext,
  safeEndpoint,
  safeFolder,
  safeLanguage,
  safeTarget,
} from './safe-text.js';
import { flowIn, languagesOf } from '../../flow/languages.js';
import { MAX_SUBFLOWS } from '../../flow/schema-subflow.js';
import type { Flow, FlowNode } from '../../flow/schema.js';

/** As in the interpreter: a flow that goes round without ever asking is stopped after so many nodes. */
const MAX_SILENT_NODES = 100;
const RING_MS = 25_000;
const MESSAGE_MS = 120_000;
/** Silence that ends a message; also before its first word. */
const END_OF_MESSAGE_S = 5;

/**
 * Writes the keypad face of a whole flow as Asterisk dialplan: one context, in it an extension `node-ID` for each node, by
 * which a call can enter, and `s`, which goes to the node that HANDRAIL_NODE names, else to the start. Asks the same
 * questions in the same words as the keypad face of the interpreter and goes the same ways. Pure: the texts in `sounds` have
 * to be recorded before the result is loaded. Needs Asterisk 18.12, 20 or later (`Read` without a terminator).
 *
 * @throws HandrailError HR_FLOW_INVALID for a name, an address or a folder that cannot stand in dialplan
 */
export function compileDialplan(flow: Flow, options: DialplanOptions): CompiledDialplan {
  checkNodeNames(flow);
  safeContext(options.context);
  safeEndpoint(options.agentEndpoint);
  safeFolder(options.soundDir);
  safeFolder(options.messageDir);
  const [own, ...others] = languagesOf(flow);
  const contextOf = (language: string): string | undefined => {
    if (language === own) return options.context;
    return others.includes(language) ? `${options.context}-${safeLanguage(language)}` : undefined;
  };
  const copies = [own ?? flow.language, ...others].map((language) => {
    const isOwn = language === own;
    const folder = isOwn ? '' : `${language}/`;
    const context = contextOf(language) ?? options.context;
    const soundDir = isOwn ? options.soundDir : `${options.soundDir}/${language}`;
    const ways = { folder, contextOf, others: isOwn ? others : [] };
    return writeCopy(new Copy(flowIn(flow, language), { ...options, context, soundDir }, ways));
  });
  return {
    extensionsConf: `; Written by Handrail from a flow: changes are lost.\n${copies.map(({ text }) => text.toString()).join('\n')}`,
    sounds: copies.flatMap(({ sounds }) => sounds),
    entries: Object.keys(flow.nodes).map((id) => `node-${id}`),
  };
}

/** The whole flow in one language. */
function writeCopy(copy: Copy): Copy {
  writeRoutines(copy);
  for (const [id, node] of Object.entries(copy.flow.nodes)) {
    const extension = copy.text
      .extension(copy.node(id))
      .add(`Set(HANDRAIL_NODE=${id})`)
      .add('Set(HR_VISITED=$[0${HR_VISITED} + 1])')
      .add(`GotoIf($[\${HR_VISITED} > ${String(MAX_SILENT_NODES)}]?end,1)`);
    copy.trace(extension, `node \${CALLERID(num)} ${id}`);
    writeNode(copy, extension, id, node);
  }
  return copy;
}

function writeNode(copy: Copy, extension: Extension, id: string, node: FlowNode): void {
  switch (node.kind) {
    case 'menu':
    case 'collect':
    case 'form':
    case 'converse': {
      const questions = new QuestionWriter(copy, id, node);
      extension.add('Set(HR_WRONG=0)').add('Set(HR_NONE=0)').add('Set(HR_VISITED=0)').goto(questions.begin);
      return questions.write();
    }
    case 'directory':
      extension
        .add('Set(HR_WRONG=0)')
        .add('Set(HR_NONE=0)')
        .add('Set(HR_VISITED=0)')
        .goto(writeDirectory(copy, id, node));
      return;
    case 'say':
      copy.sayTemplate(extension, node.prompt);
      extension.goto(copy.node(node.next));
      return;
    case 'language':
      extension
        .add(`Set(HANDRAIL_LANGUAGE=${safeLanguage(node.language)})`)
        .goto(copy.nodeIn(node.language, node.next));
      return;
    case 'set':
      setValues(copy, extension, node.values);
      extension.goto(copy.node(node.next));
      return;
    case 'subflow':
      setValues(copy, extension, node.arguments ?? {});
      extension
        .add('Set(HR_DEPTH=$[0${HR_DEPTH} + 1])')
        .add(`GotoIf($[\${HR_DEPTH} > ${String(MAX_SUBFLOWS)}]?deep)`)
        .add(`Set(HR_RETURN_\${HR_DEPTH}=${id})`)
        .goto(copy.node(node.start))
        .add('Set(HR_DEPTH=0)', 'deep')
        .goto(copy.node(copy.flow.giveUp));
      copy.text.extension(returnName(id)).goto(copy.node(node.next));
      return;
    case 'return':
      extension
        .add('GotoIf($[0${HR_DEPTH} < 1]?lost)')
        .add('Set(HR_AT=return-${FILTER(A-Za-z0-9_\\-,${HR_RETURN_${HR_DEPTH}})})')
        .add('Set(HR_DEPTH=$[${HR_DEPTH} - 1])')
        .add(`GotoIf($[\${DIALPLAN_EXISTS(${copy.options.context},\${HR_AT},1)}]?\${HR_AT},1)`)
        .add('NoOp()', 'lost')
        .goto(copy.node(copy.flow.giveUp));
      return;
    case 'branch':
      for (const { variable: name, is, next } of node.cases) {
        // The letter keeps Asterisk from comparing as numbers: 007 is not 7.
        for (const value of is)
          extension.add(`GotoIf($["v${variable(name).text}" = "v${encodeValue(value)}"]?${copy.node(next)},1)`);
      }
      extension.goto(copy.node(node.otherwise));
      return;
    case 'hours':
      return writeHours(copy, extension, node);
    case 'tool':
      // Asterisk asks no web service: the copy goes the way of a service that is down, and its values are unknown.
      for (const { name } of node.results) setBoth(extension, variableNames(name), { text: '', sounds: '' });
      extension.goto(copy.node(node.failed));
      return;
    case 'callback':
      // Asterisk keeps no list of callers.
      extension.goto(copy.node(node.failed));
      return;
    case 'transfer': {
      if (node.prompt) copy.sayTemplate(extension, node.prompt);
      copy.call(extension, safeTarget(node.to), node.ringMs ?? RING_MS, node.failed);
      return;
    }
    case 'voicemail':
      copy.sayTemplate(extension, node.prompt);
      copy.sayNow(extension);
      extension
        .add(`Set(HR_MESSAGE=${copy.options.messageDir}/dialplan-\${EPOCH}-\${UNIQUEID}.wav)`)
        // k: a message is kept when the caller hangs up; y: any key ends it.
        .add(
          `Record(\${HR_MESSAGE},${String(END_OF_MESSAGE_S)},${String(Math.ceil((node.maxMs ?? MESSAGE_MS) / 1000))},ky)`,
        )
        .add('Set(HR_VISITED=0)')
        .goto(copy.node(node.next));
      return;
    case 'hangup':
      if (node.prompt) copy.sayTemplate(extension, node.prompt);
      extension.goto('end');
      return;
  }
}

/** All values are made before the first is set: they may name each other. */
function setValues(copy: Copy, extension: Extension, values: Readonly<Record<string, string>>): void {
  const entries = Object.entries(values);
  const made = (i: number) => ({ text: `HRT_${String(i)}`, sounds: `HRTS_${String(i)}` });
  entries.forEach(([name, template], i) => copy.fill(extension, made(i), template, name));
  entries.forEach(([name], i) =>
    setBoth(extension, variableNames(name), { text: `\${${made(i).text}}`, sounds: `\${${made(i).sounds}}` }),
  );
}

/** Where a subflow goes on that has returned. */
function returnName(id: string): string {
  return `return-${id}`;
}
