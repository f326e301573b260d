import type { Finding } from './finding.js';
import { languagesOf } from './languages.js';
import { textsOf } from './node-texts.js';
import { saidTexts } from './recorded-texts.js';
import type { Flow, FlowNode } from './schema.js';
import { hasWords, isUnderstood, wordedLanguages } from './words/words-of.js';

/** What is wrong with the languages of a flow: texts that are missing, or that nobody hears; languages that nobody speaks. */
export function languageFindings(flow: Flow): readonly Finding[] {
  const spoken = languagesOf(flow);
  return [
    ...spoken.flatMap((language) => ownWords(language)),
    ...Object.keys(flow.languages ?? {}).flatMap((language) => [
      ...(language === flow.language ? [ownTwice(language)] : []),
      ...translations(flow, language),
    ]),
    ...Object.entries(flow.nodes).flatMap(([nodeId, node]) => strangers(nodeId, node, spoken)),
    ...recordings(flow),
  ];
}

function ownWords(language: string): readonly Finding[] {
  if (!hasWords(language)) {
    return [
      {
        code: 'unknown-language',
        severity: 'error',
        nodeId: 'flow',
        message: `Handrail has no words of its own in ${language}, such as “press 1”.`,
        mend: `Use a language of ${wordedLanguages.join(', ')}.`,
      },
    ];
  }
  if (isUnderstood(language)) return [];
  return [
    {
      code: 'keypad-language',
      severity: 'warning',
      nodeId: 'flow',
      message: `Speech in ${language} is not understood: callers in this language use the keys.`,
      mend: 'Nothing, if that is meant: every question has its keys.',
    },
  ];
}

function ownTwice(language: string): Finding {
  return {
    code: 'unused-translation',
    severity: 'warning',
    nodeId: 'flow',
    message: `${language} is the flow’s own language: its texts stand in the nodes.`,
    mend: 'Take it out of `languages`.',
  };
}

function translations(flow: Flow, language: string): readonly Finding[] {
  const texts = flow.languages?.[language] ?? {};
  const missing = Object.entries(flow.nodes).flatMap(([nodeId, node]): readonly Finding[] => {
    const open = [...textsOf(node)].filter(([key, text]) => isSaid(text) && texts[nodeId]?.[key] === undefined);
    if (open.length === 0) return [];
    const keys = open.map(([key]) => key).join(', ');
    return [
      {
        code: 'missing-translation',
        severity: 'error',
        nodeId,
        message: `Not in ${language}: ${keys}.`,
        mend: `Write what callers shall hear, under languages.${language}.${nodeId}.`,
      },
    ];
  });
  const unused = Object.entries(texts).flatMap(([nodeId, own]) => {
    const node = flow.nodes[nodeId];
    const there = node ? textsOf(node) : new Map<string, string>();
    return Object.keys(own)
      .filter((key) => !there.has(key))
      .map((key): Finding => ({
        code: 'unused-translation',
        severity: 'warning',
        nodeId: node ? nodeId : 'flow',
        message: `languages.${language}.${nodeId}.${key} belongs to no text.`,
        mend: 'Take it out, or correct its name.',
      }));
  });
  return [...missing, ...unused];
}

function isSaid(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

function strangers(nodeId: string, node: FlowNode, spoken: readonly string[]): readonly Finding[] {
  const options = node.kind === 'menu' ? node.options : node.kind === 'converse' ? node.exits : [];
  const named = node.kind === 'language' ? [node.language] : options.flatMap(({ language }) => language ?? []);
  return named
    .filter((language) => !spoken.includes(language))
    .map((language) => ({
      code: 'unknown-language',
      severity: 'error',
      nodeId,
      message: `The flow has no ${language}.`,
      mend: `Use one of ${spoken.join(', ')}, or add its texts to the flow’s \`languages\`.`,
    }));
}

/** A recording is played for what is said: nobody hears it when the text is another by now. */
function recordings(flow: Flow): readonly Finding[] {
  return Object.entries(flow.recordings ?? {}).flatMap(([language, own]) => {
    const said = saidTexts(flow, language);
    return Object.entries(own)
      .filter(([text]) => !said.has(text))
      .map(([text, name]): Finding => ({
        code: 'unused-recording',
        severity: 'warning',
        nodeId: 'flow',
        message: `The recording ${name} is for “${text}”, which no node says in ${language}.`,
        mend: 'Record the new text, or take the recording out of the flow’s `recordings`.',
      }));
  });
}
