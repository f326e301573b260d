import { expectationsOf } from './expecting.js';
import { fixedPieces } from '../flow/pieces.js';
import { keypadTexts } from '../fallback-ivr/keypad-face.js';
import { flowIn, inVoice, languagesOf } from '../flow/languages.js';
import type { Flow, FlowNode } from '../flow/schema.js';
import { alwaysSaid, type OwnWords } from '../flow/words/own-words.js';
import { wordsOf } from '../flow/words/words-of.js';

/**
 * Every text that a flow can say on any call, without variables: rendered before the first call, so that at call time it
 * costs nothing. What has variables is spoken by the engine when it comes up, and kept.
 */
export function fixedPrompts(flow: Flow): string[] {
  return [...new Set(languagesOf(flow).flatMap((language) => promptsIn(flowIn(flow, language))))];
}

function promptsIn(flow: Flow): string[] {
  const words = wordsOf(flow.language);
  const texts = Object.entries(flow.nodes).flatMap(([id, node]) => [
    ...ownTexts(node, words).flatMap(fixedPieces),
    ...expectationsOf(flow, id).flatMap((expectation) => keypadTexts(expectation, words.keys)),
  ]);
  return [...alwaysSaid(words), ...texts].filter((text) => text.trim() !== '').map((text) => inVoice(flow, text));
}

function ownTexts(node: FlowNode, words: OwnWords): string[] {
  switch (node.kind) {
    case 'menu':
      return [node.prompt, ...shared(node), ...node.options.map((o) => words.didYouMean(o.label))];
    case 'collect':
      return [node.prompt, ...shared(node), node.confirmPrompt ?? ''];
    case 'form':
      return [node.prompt, ...shared(node), node.confirmPrompt, ...node.slots.map((s) => s.ask)];
    case 'converse':
      return [
        node.prompt,
        ...shared(node),
        ...node.knowledge.map((k) => k.answer),
        ...node.exits.map((o) => words.didYouMean(o.label)),
        node.unknown ?? '',
        node.anythingElse ?? '',
      ];
    case 'directory':
      return [node.prompt, ...shared(node), node.connecting ?? '', ...Object.values(words.directory)];
    case 'say':
    case 'voicemail':
      return [node.prompt];
    case 'tool':
    case 'transfer':
    case 'hangup':
      return [node.prompt ?? ''];
    case 'branch':
    case 'subflow':
    case 'return':
    case 'set':
    case 'hours':
    case 'callback':
    case 'language':
      return [];
  }
}

function shared(node: {
  readonly keyPrompt?: string;
  readonly wrongKey?: string;
  readonly noKey?: string;
  readonly noInput?: string[];
  readonly noMatch?: string[];
}): string[] {
  return [
    node.keyPrompt ?? '',
    node.wrongKey ?? '',
    node.noKey ?? '',
    ...(node.noInput ?? []),
    ...(node.noMatch ?? []),
  ];
}
