import { expectationsOf } from './expecting.js';
import { fixedPieces } from './pieces.js';
import { FILLER, wording } from './wording.js';
import { keypadTexts } from '../fallback-ivr/keypad-face.js';
import type { Flow, FlowNode } from '../flow/schema.js';

/**
 * Every text that a flow can say on any call, without variables: rendered before the first call, so that at call time it
 * costs nothing. What has variables is spoken by the engine when it comes up, and kept.
 */
export function fixedPrompts(flow: Flow): string[] {
  const texts = Object.entries(flow.nodes).flatMap(([id, node]) => [
    ...ownTexts(node).flatMap(fixedPieces),
    ...expectationsOf(flow, id).flatMap(keypadTexts),
  ]);
  const always = Object.values(wording).flatMap((text) => (typeof text === 'string' ? [text] : []));
  return [...new Set([...always, FILLER, ...texts])].filter((text) => text.trim() !== '');
}

function ownTexts(node: FlowNode): string[] {
  switch (node.kind) {
    case 'menu':
      return [node.prompt, ...shared(node), ...node.options.map((o) => wording.didYouMean(o.label))];
    case 'collect':
      return [node.prompt, ...shared(node), node.confirmPrompt ?? ''];
    case 'form':
      return [node.prompt, ...shared(node), node.confirmPrompt, ...node.slots.map((s) => s.ask)];
    case 'converse':
      return [
        node.prompt,
        ...shared(node),
        ...node.knowledge.map((k) => k.answer),
        ...node.exits.map((o) => wording.didYouMean(o.label)),
        node.unknown ?? '',
        node.anythingElse ?? '',
      ];
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
