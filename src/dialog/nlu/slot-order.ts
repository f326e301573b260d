import type { FormNode } from '../../flow/schema.js';
import { namesIn } from '../../flow/template.js';
import { english } from './english.js';
import { writtenWords } from './words.js';

/** From one slot (or the start) to another (or the end, `undefined`), with the words between. */
export interface Step {
  readonly to: string | undefined;
  readonly words: string;
  /** How many required slots this step leaves out. */
  readonly missing: number;
}

/** In which order a form's slots may be said, and with which words between. */
export interface SlotOrder {
  /** Steps out of a slot; of the start, for `undefined`. */
  after(slot: string | undefined): readonly Step[];
  /** Slots that can still be said after this one. */
  reachable(slot: string): ReadonlySet<string>;
}

type Place = string | undefined;

/**
 * Learns the order from the example sentences: every step that an example takes, every step that leaves out slots of an
 * example, and both orders of two slots that the examples treat alike (“a small dark roast latte” → “a dark roast small
 * latte”). Slots without example may stand alone.
 */
export function orderOf(form: FormNode): SlotOrder {
  const steps = new StepTable();
  const required = new Set(form.slots.filter((slot) => slot.required).map((slot) => slot.name));
  for (const example of form.examples) learn(steps, example, required);
  closeUnderExchange(steps, form);
  const shown = new Set(form.examples.flatMap((example) => namesIn(example)));
  for (const { name } of form.slots.filter((slot) => !shown.has(slot.name))) {
    steps.add(undefined, name, '', [...required].some((other) => other !== name) ? 1 : 0);
    steps.add(name, undefined, '', 0);
  }
  // Bare values: “large”, without the words that the examples put before them.
  for (const step of steps.after(undefined)) steps.add(undefined, step.to, '', step.missing);
  const reachable = new Map(form.slots.map(({ name }) => [name, reach(steps, name)]));
  return {
    after: (slot) => steps.after(slot),
    reachable: (slot) => reachable.get(slot) ?? new Set(),
  };
}

class StepTable {
  readonly #steps = new Map<Place, Map<string, Step>>();

  add(from: Place, to: Place, words: string, missing: number): boolean {
    const key = `${to ?? ''}|${words}`;
    const row = this.#steps.get(from) ?? new Map<string, Step>();
    this.#steps.set(from, row);
    const old = row.get(key);
    if (old && old.missing <= missing) return false;
    row.set(key, { to, words, missing });
    return true;
  }

  after(from: Place): readonly Step[] {
    return [...(this.#steps.get(from)?.values() ?? [])];
  }

  places(): readonly Place[] {
    return [...this.#steps.keys()];
  }
}

/** The steps of one example, with all ways to leave out slots in between. */
function learn(steps: StepTable, example: string, required: ReadonlySet<string>): void {
  const pieces = example.split(/\{([A-Za-z][A-Za-z0-9_]*)\}/);
  const slots = pieces.filter((_piece, index) => index % 2 === 1);
  const words = pieces.filter((_piece, index) => index % 2 === 0).map((piece) => writtenWords(piece).join(' '));
  const opening = withoutOpener(words[0] ?? '');
  words[0] = opening;
  const places: Place[] = [undefined, ...slots, undefined];
  for (let from = 0; from < places.length - 1; from++) {
    let missing = 0;
    for (let to = from + 1; to < places.length; to++) {
      if (from === 0 && to === places.length - 1) continue;
      const between = words.slice(from, to);
      const connector = to === places.length - 1 ? (between.at(-1) ?? '') : (between.find((text) => text !== '') ?? '');
      steps.add(places[from], places[to], connector, missing);
      // “Bake me a …” is also said as “bake a …”.
      if (from === 0 && connector === opening) steps.add(undefined, places[to], opening.replace(/ me$/, ''), missing);
      if (required.has(places[to] ?? '')) missing++;
    }
  }
}

/** Polite openings and articles are the same in every trade, and are added around the form: only the rest is the form's. */
function withoutOpener(words: string): string {
  const openers = [...english.openers, ...english.verbOpeners].sort((a, b) => b.length - a.length);
  const opener = openers.find((phrase) => words === phrase || words.startsWith(`${phrase} `)) ?? '';
  const rest = words.slice(opener.length).trim();
  if ((english.articles as readonly string[]).includes(rest)) return '';
  // Articles stand before the first slot anyway, or are left out.
  return rest.replace(/^(an?|the) /, '').replace(/ (an?|the)$/, '');
}

/** Two slots that share what may come before and after them may also change places. */
function closeUnderExchange(steps: StepTable, form: FormNode): void {
  const names = form.slots.map((slot) => slot.name);
  const shares = (one: readonly string[], other: readonly string[]) => one.some((item) => other.includes(item));
  const following = (slot: string) => plainSteps(steps, slot).map((step) => `${step.to ?? ''}|${step.words}`);
  const preceding = (slot: string) =>
    steps
      .places()
      .flatMap((place) =>
        plainSteps(steps, place).flatMap((s) => (s.to === slot ? [`${place ?? ''}|${s.words}`] : [])),
      );
  for (let grown = true; grown;) {
    grown = false;
    for (const one of names) {
      for (const { to, words } of plainSteps(steps, one)) {
        if (to === undefined || to === one) continue;
        const alike = shares(following(one), following(to)) && shares(preceding(one), preceding(to));
        if (alike && steps.add(to, one, words, 0)) grown = true;
      }
    }
  }
}

/** Steps that leave out nothing that is required. */
function plainSteps(steps: StepTable, from: Place): readonly Step[] {
  return steps.after(from).filter((step) => step.missing === 0);
}

function reach(steps: StepTable, from: string): ReadonlySet<string> {
  const found = new Set<string>();
  const todo = [from];
  for (let place = todo.pop(); place !== undefined; place = todo.pop()) {
    for (const { to } of steps.after(place)) {
      if (to === undefined || found.has(to)) continue;
      found.add(to);
      todo.push(to);
    }
  }
  return found;
}
