import type { Meaning } from '../../flow/expectation.js';
import { AlikeWords } from './alike.js';
import { english } from './english.js';
import type { Tag, TaggedArc } from './grammar-builder.js';
import { canonicalWords } from './words.js';

/** One way through the automaton that explains a text, or most of it. */
export interface Path {
  readonly meaning: Meaning;
  /** Sum of the weights: 0 for a text that is exactly a sentence of the grammar. */
  readonly score: number;
  /** Share of the text's meaning-bearing words that the path explains, 0 to 1. */
  readonly coverage: number;
  /** The text stops in the middle of a sentence. */
  readonly open: boolean;
  /** It stops inside a phrase of several words. */
  readonly cut: boolean;
}

/** Chain of tags, newest first; shared between hypotheses. */
interface Trail {
  readonly tag: Tag;
  readonly before: Trail | undefined;
}

interface Hyp {
  readonly node: number;
  readonly score: number;
  readonly skipped: number;
  readonly trail: Trail | undefined;
  /** Names the meaning so far, to tell hypotheses apart. */
  readonly sign: string;
}

interface Edge {
  readonly to: number;
  readonly weight: number;
  readonly tag: Tag | undefined;
}

/** Hypotheses kept a state, and over all states. */
const perNode = 3;
const beam = 200;
/** Cost of a word that the grammar does not explain, times its mass. */
const skipWeight = -2;
/** A word that is only alike to the grammar’s is explained less, by this share of its mass, and costs as much as a rare turn. */
const alikeShare = 0.3;
const alikeWeight = -1;
/** Cost of a text that stops inside a phrase. */
const cutWeight = -1.5;

/**
 * Reads text by a weighted walk (Viterbi) over the tagged automaton, on canonical words. Words that no arc explains are
 * skipped at a cost, so that any text gives an answer, and coverage tells how good it is. Pure and immutable once built.
 */
export class Walker {
  readonly #words: Map<string, number>[] = [];
  readonly #free: Edge[][] = [];
  readonly #finals: ReadonlySet<number>;
  /** Nodes inside a phrase of several words. */
  readonly #inner = new Set<number>();

  readonly #firm: ReadonlySet<string>;
  readonly #alike: AlikeWords | undefined;

  /**
   * @param options.firm words that are never skipped: a digit too many is another number, not noise
   * @param options.exact whether a word that is only alike is another one, as the name of another person is
   */
  constructor(
    arcs: readonly TaggedArc[],
    finals: ReadonlySet<number>,
    { firm = new Set(), exact = false }: { readonly firm?: ReadonlySet<string>; readonly exact?: boolean } = {},
  ) {
    this.#finals = finals;
    this.#firm = firm;
    let next =
      1 +
      Math.max(
        0,
        ...finals,
        arcs.reduce((top, arc) => Math.max(top, arc.from, arc.to), 0),
      );
    const steps = new Map<string, readonly string[]>();
    for (const arc of arcs) {
      let at = arc.from;
      const words = steps.get(arc.phrase) ?? canonicalWords(arc.phrase);
      steps.set(arc.phrase, words);
      words.forEach((word, index) => {
        const row = (this.#words[at] ??= new Map<string, number>());
        let to = row.get(word);
        if (to === undefined) {
          to = next++;
          row.set(word, to);
        }
        if (index < words.length - 1) this.#inner.add(to);
        at = to;
      });
      (this.#free[at] ??= []).push({ to: arc.to, weight: arc.weight ?? 0, tag: arc.tag });
    }
    if (!exact) this.#alike = new AlikeWords(new Set([...steps.values()].flat()));
  }

  /** The best paths for a text, those that explain most of it first, each with another meaning. */
  read(text: string): readonly Path[] {
    const words = canonicalWords(text);
    const total = words.reduce((sum, word) => sum + mass(word), 0);
    let front = this.#close([{ node: 0, score: 0, skipped: 0, trail: undefined, sign: '' }]);
    for (const word of words) {
      const moved: Hyp[] = [];
      const alike = this.#alike?.of(word) ?? [];
      const weight = mass(word);
      for (const hyp of front) {
        const row = this.#words[hyp.node];
        const to = row?.get(word);
        if (to !== undefined) moved.push({ ...hyp, node: to });
        for (const other of alike) {
          const near = row?.get(other);
          if (near === undefined) continue;
          const skipped = hyp.skipped + alikeShare * weight;
          moved.push({ ...hyp, node: near, score: hyp.score + alikeWeight, skipped });
        }
        if (this.#firm.has(word)) continue;
        moved.push({ ...hyp, score: hyp.score + skipWeight * (weight + 0.05), skipped: hyp.skipped + weight });
      }
      front = this.#close(moved);
    }
    const best = new Map<string, Path>();
    for (const hyp of front) {
      const final = this.#finals.has(hyp.node);
      if (!final && !this.#inner.has(hyp.node)) continue;
      const { meaning, open } = meaningOf(hyp.trail);
      const path = {
        meaning,
        score: hyp.score + (final ? 0 : cutWeight),
        coverage: total === 0 ? 0 : Math.max(0, 1 - hyp.skipped / total),
        open: open || !final,
        cut: !final,
      };
      const key = meaningKey(meaning);
      const known = best.get(key);
      if (!known || rank(path, known) < 0) best.set(key, path);
    }
    return [...best.values()].sort(rank);
  }

  /** Follows the free steps, keeping the few best hypotheses of each node. */
  #close(from: readonly Hyp[]): Hyp[] {
    const kept = new Map<number, Hyp[]>();
    const todo: Hyp[] = [];
    const offer = (hyp: Hyp): void => {
      const list = kept.get(hyp.node) ?? [];
      const same = list.findIndex((other) => other.sign === hyp.sign);
      const known = list[same];
      if (known && byPromise(known, hyp) <= 0) return;
      if (known) list.splice(same, 1);
      list.push(hyp);
      list.sort(byPromise);
      if (list.length > perNode && list.pop() === hyp) return;
      kept.set(hyp.node, list);
      todo.push(hyp);
    };
    for (const hyp of from) offer(hyp);
    for (let hyp = todo.pop(); hyp; hyp = todo.pop()) {
      for (const { to, weight, tag } of this.#free[hyp.node] ?? []) {
        offer({
          node: to,
          score: hyp.score + weight,
          skipped: hyp.skipped,
          trail: tag ? { tag, before: hyp.trail } : hyp.trail,
          sign: tag ? `${hyp.sign};${signOf(tag)}` : hyp.sign,
        });
      }
    }
    const all = [...kept.values()].flat();
    return all.length <= beam ? all : all.sort(byPromise).slice(0, beam);
  }
}

function byPromise(a: Hyp, b: Hyp): number {
  return a.skipped - b.skipped || b.score - a.score;
}

/** What explains more of the text comes first; the weights decide between equals. */
function rank(a: Path, b: Path): number {
  return Math.abs(a.coverage - b.coverage) > 1e-9 ? b.coverage - a.coverage : b.score - a.score;
}

/** How much of a sentence's meaning a word carries. */
function mass(word: string): number {
  if (english.negations.has(word)) return 1.5;
  if (english.noise.has(word)) return 0;
  return english.functionWords.has(word) ? 0.2 : 1;
}

function signOf(tag: Tag): string {
  switch (tag.set) {
    case 'intent':
      return tag.intent;
    case 'answer':
      return tag.answerId;
    case 'slot':
      return `${tag.slot}=${tag.part}`;
    case 'open':
      return '…';
    default:
      return tag satisfies never;
  }
}

/** A slot that is said twice keeps what was said last, as people correct themselves. */
function meaningOf(trail: Trail | undefined): { readonly meaning: Meaning; readonly open: boolean } {
  const tags: Tag[] = [];
  for (let at = trail; at; at = at.before) tags.unshift(at.tag);
  let intent: string | undefined;
  let answerId: string | undefined;
  let open = false;
  let growing: { readonly slot: string; readonly at: number } | undefined;
  const slots: Record<string, string> = {};
  for (const tag of tags) {
    if (tag.set === 'intent') intent = tag.intent;
    else if (tag.set === 'answer') answerId = tag.answerId;
    else if (tag.set === 'slot') {
      const before = growing?.slot === tag.slot && growing.at < tag.at ? slots[tag.slot] : undefined;
      slots[tag.slot] = before === undefined ? tag.part : `${before}${tag.glue}${tag.part}`;
      growing = tag;
    } else {
      open = true;
      if (tag.drop !== undefined) delete slots[tag.drop];
    }
  }
  return { meaning: answerId === undefined ? { intent, slots } : { intent, slots, answerId }, open };
}

/** Equal for equal meanings. */
export function meaningKey({ intent, slots, answerId }: Meaning): string {
  return JSON.stringify([intent ?? null, answerId ?? null, Object.entries(slots).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
