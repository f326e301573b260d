import { placeOf, setBoth, variableNames, type Copy } from './copy.js';
import type { Extension } from './dialplan-text.js';
import { writeDialled } from './dialled.js';
import { ValueKeeper } from './keeping.js';
import { sampleKeys, writeKeyedValue } from './keyed-values.js';
import { draftNames, partAt, slotAt, START, wordNames, type ListeningNode, type Place } from './place.js';
import { failureNames, HIDE, writeFailure } from './routines.js';
import { nodeKey, safeLanguage } from './safe-text.js';
import { initialState, keypadPrompt } from '../../dialog/entering.js';
import { expectationOf } from '../../dialog/expecting.js';
import type { Expectation } from '../../flow/expectation.js';
import { isReckoned, type ReckonedEntity } from '../../flow/entities.js';
import { defaultsOf, type Entity, type FormNode } from '../../flow/schema.js';
import type { KeyEvent, KeySpec } from '../key-collector.js';
import { nextPart } from '../keypad-entity.js';
import { keypadAnswer, keypadQuestion, type KeypadAnswer } from '../keypad-face.js';
import { keypadStart, type KeypadProgress } from '../keypad-question.js';

/** What a key does: lines that are written, then the extension where the call goes on. */
interface Effect {
  readonly write: (extension: Extension) => void;
  readonly to: string;
}

/**
 * Writes a listening node as dialplan by asking the keypad face itself, question after question, what each key would do:
 * so both menus are one. Each question is an extension `q_NODE_SLOTS_PARTS_PAGE`.
 */
export class QuestionWriter {
  readonly #expectation: Expectation;
  readonly #open: Place[] = [];
  readonly #known = new Set<string>();
  readonly #key: string;
  readonly #keeper: ValueKeeper;

  constructor(
    private readonly copy: Copy,
    private readonly nodeId: string,
    private readonly node: ListeningNode,
  ) {
    this.#key = nodeKey(nodeId);
    this.#keeper = new ValueKeeper(copy, node);
    this.#expectation = expectationOf(copy.flow, this.#stateAt(START));
  }

  /** The extension that puts the question from its beginning. */
  get begin(): string {
    return this.node.kind === 'form' ? `f_${this.#key}` : this.#question(START);
  }

  write(): void {
    if (this.node.kind === 'form') this.#writeForm(this.node);
    for (const kind of ['wrongKey', 'noKey'] as const)
      if (this.node[kind] !== undefined) writeFailure(this.copy, kind, this.#failure(kind), this.node);
    this.#question(START);
    for (let place = this.#open.shift(); place; place = this.#open.shift()) this.#writeQuestion(place);
  }

  #question(place: Place): string {
    const { done, page } = place.progress;
    const name = `q_${this.#key}_${String(done.length)}_${String(place.partsAsked)}_${String(page)}`;
    if (!this.#known.has(name)) this.#open.push(place);
    this.#known.add(name);
    return name;
  }

  /** Where a wrong key leads, or none: an extension of this node's own where it has its own words for that. */
  #failure(kind: keyof typeof failureNames): string {
    return this.node[kind] === undefined ? failureNames[kind] : `${failureNames[kind]}_${this.#key}`;
  }

  #stateAt({ progress }: Place): Parameters<typeof keypadPrompt>[1] {
    return { ...initialState(this.copy.flow), nodeId: this.nodeId, face: 'keypad', keypad: progress };
  }

  /* -------------------------------------------------------------- one question */

  #writeQuestion(place: Place): void {
    const { copy } = this;
    const extension = copy.text.extension(this.#question(place)).add('Set(HR_ASKED=${EXTEN})');
    copy.say(extension, keypadPrompt(copy.flow, this.#stateAt(place)));
    const { spec } = keypadQuestion(this.#expectation, place.progress);
    if (spec.kind !== 'choice') return this.#writeDigits(extension, place, spec);
    const keys = [...spec.keys].map((key): [string, KeyEvent] => [key, { type: 'choice', key }]);
    const effects = [...keys, ['#', { type: 'pound' }], ['*', { type: 'back' }]].map(
      ([key, event]): [string, Effect] => [key as string, this.#effect(place, event as KeyEvent)],
    );
    extension.add('Gosub(key,1)');
    const begun = [...new Set([...(spec.numbers ?? [])].map((number) => number.charAt(0)))];
    const numbers = begun.map((digit) => ({ digit, label: extension.label() }));
    for (const { digit, label } of numbers) extension.add(`GotoIf($["k\${HR_KEY}" = "k${digit}"]?${label})`);
    this.#writeKeys(
      extension,
      effects.filter(([key]) => !begun.includes(key)),
    );
    const ways = {
      interDigitMs: defaultsOf(copy.flow).interDigitMs,
      to: (key: string) => this.#effect(place, { type: 'choice', key }).to,
      back: this.#effect(place, { type: 'back' }).to,
      wrong: this.#failure('wrongKey'),
    };
    for (const { digit, label } of numbers) writeDialled(extension.add('NoOp()', label), spec, digit, ways);
  }

  /** Goes where the key leads that came. */
  #writeKeys(extension: Extension, effects: readonly [string, Effect][]): void {
    const { flow } = this.copy;
    const labelled = effects.map(([key, effect]) => ({ key, effect, label: extension.label() }));
    for (const { key, label } of labelled) extension.add(`GotoIf($["k\${HR_KEY}" = "k${key}"]?${label})`);
    extension
      .add(`GotoIf($["k\${HR_KEY}" = "k"]?${this.#failure('noKey')},1)`)
      .add(`GotoIf($["k\${HR_KEY}" = "k0"]?${this.copy.node(flow.operator ?? flow.giveUp)},1)`)
      .goto(this.#failure('wrongKey'));
    for (const { effect, label } of labelled) {
      extension.add('NoOp()', label);
      effect.write(extension);
      extension.goto(effect.to);
    }
  }

  #writeDigits(extension: Extension, place: Place, spec: Exclude<KeySpec, { kind: 'choice' }>): void {
    const entity = slotAt(this.node, place).entity;
    const events = ['pound', 'back'] as const;
    const hidden = entity.type === 'digits' && this.#keeper.isHidden(slotAt(this.node, place).name);
    extension.add(
      spec.kind === 'digits'
        ? `Gosub(digits,1(${String(spec.min)},${String(spec.max)},${hidden ? HIDE : ''}))`
        : `Gosub(amount,1(${String(spec.whole)}))`,
    );
    const labelled = events.map((type) => ({ type, label: extension.label() }));
    for (const { type, label } of labelled) extension.add(`GotoIf($["\${HR_EVENT}" = "${type}"]?${label})`);
    for (const kind of ['wrongKey', 'noKey'] as const)
      extension.add(`GotoIf($["\${HR_EVENT}" = "${failureNames[kind]}"]?${this.#failure(kind)},1)`);
    if (entity.type === 'number') {
      extension
        .add(
          `GotoIf($[\${HR_DIGITS} < ${String(entity.min)} | \${HR_DIGITS} > ${String(entity.max)}]?${this.#failure('wrongKey')},1)`,
        )
        // 007 is 7, and is said as 7.
        .add('GotoIf($["${HR_DIGITS:0:1}" != "0" | ${LEN(${HR_DIGITS})} = 1]?plain)', 'zeros')
        .add('Set(HR_DIGITS=${HR_DIGITS:1})')
        .add(`Set(HR_SPELLED=\${HR_SPELLED:${String(this.copy.options.soundDir.length + '&/digit-0'.length)}})`)
        .add('Goto(zeros)')
        .add('NoOp()', 'plain');
    }
    const effect = isReckoned(entity)
      ? this.#writeReckoned(extension, place, entity)
      : this.#effect(place, { type: 'digits', digits: sampleDigits(entity) });
    effect.write(extension);
    extension.goto(effect.to);
    for (const { type, label } of labelled) {
      const then = this.#effect(place, { type });
      extension.add('NoOp()', label);
      then.write(extension);
      extension.goto(then.to);
    }
  }

  /** The value that the keys make, and where it leads. */
  #writeReckoned(extension: Extension, place: Place, entity: ReckonedEntity): Effect {
    const { whole, open } = sampleKeys(entity);
    const halfOpen: Place = { progress: { ...place.progress, parts: [open ?? ''] }, partsAsked: 1 };
    const half = open === undefined ? undefined : this.#question(halfOpen);
    writeKeyedValue(this.copy, extension, entity, { wrong: this.#failure('wrongKey'), half });
    return whole === undefined
      ? this.#effect(halfOpen, { type: 'choice', key: '1' })
      : this.#effect(place, { type: 'digits', digits: whole });
  }

  /* -------------------------------------------------------------- what a key does */

  #effect(place: Place, event: KeyEvent): Effect {
    const answer = keypadAnswer(this.#expectation, place.progress, event);
    switch (answer.type) {
      case 'operator':
      case 'invalid':
        return { write: nothing, to: this.#failure('wrongKey') };
      case 'back':
        return { write: nothing, to: this.begin };
      case 'meaning':
        return this.#meant(place, event, answer);
      case 'ask':
        return this.#ask(place, event, answer.progress);
    }
  }

  #meant(place: Place, event: KeyEvent, { meaning }: Extract<KeypadAnswer, { type: 'meaning' }>): Effect {
    const { copy, node } = this;
    switch (node.kind) {
      case 'menu':
      case 'converse': {
        const options = node.kind === 'menu' ? node.options : node.exits;
        const dialled =
          node.kind === 'menu' ? node.directDial?.find((one) => one.number === meaning.intent) : undefined;
        const option = options.find((o) => o.id === meaning.intent);
        if (option?.language !== undefined) return inLanguage(copy, option.language, option.next);
        const next = option?.next ?? dialled?.next ?? '';
        return { write: nothing, to: copy.node(next) };
      }
      case 'collect':
        return { write: this.#keeper.keep(place, event, meaning.slots[node.slot] ?? ''), to: copy.node(node.next) };
      case 'form': {
        const { name } = slotAt(this.node, place);
        return { write: this.#keeper.keep(place, event, meaning.slots[name] ?? ''), to: `w_${this.#key}` };
      }
    }
  }

  #ask(place: Place, event: KeyEvent, next: KeypadProgress): Effect {
    const before = place.progress;
    if (next.done.length > before.done.length) {
      const { name } = slotAt(this.node, place);
      const to = { progress: next, partsAsked: 0 };
      return { write: this.#keeper.keep(place, event, next.slots[name] ?? ''), to: this.#question(to) };
    }
    if (next.done.length < before.done.length) {
      const dropped = before.done.filter((name) => !next.done.includes(name));
      const clear = (extension: Extension): void => {
        for (const name of dropped) setBoth(extension, draftNames(name), { text: '', sounds: '' });
      };
      return { write: clear, to: this.#question({ progress: next, partsAsked: 0 }) };
    }
    if (next.parts.length === 0) return { write: nothing, to: this.#question({ progress: next, partsAsked: 0 }) };
    const entity = slotAt(this.node, place).entity;
    if (
      event.type === 'back' ||
      entity.type !== 'compound' ||
      nextPart(entity, next.parts) === partAt(this.node, place)
    )
      return { write: nothing, to: this.#question({ progress: next, partsAsked: place.partsAsked }) };
    const part = partAt(this.node, place);
    const progress = { ...next, parts: next.parts.map((value, i) => (i === part ? '' : value)) };
    return {
      write: (extension) => this.#keeper.keepPart(extension, place, next.parts[part] ?? ''),
      to: this.#question({ progress, partsAsked: place.partsAsked + 1 }),
    };
  }

  /* -------------------------------------------------------------- a form's beginning and end */

  #writeForm(node: FormNode): void {
    const { copy } = this;
    const begin = copy.text.extension(this.begin);
    // A form that is entered again in the same call begins empty: what was ordered before is not ordered twice.
    for (const { name } of node.slots) {
      setBoth(begin, draftNames(name), { text: '', sounds: '' });
      setBoth(begin, variableNames(name), { text: '', sounds: '' });
    }
    begin.goto(this.#question(START));

    const words = copy.text.extension(`w_${this.#key}`).add('NoOp()');
    for (const { name } of node.slots) setBoth(words, wordNames(name), placeOf(draftNames(name)));
    words.goto(`c_${this.#key}`);

    const slots = new Set(node.slots.map((s) => s.name));
    const confirm = copy.text.extension(`c_${this.#key}`).add('Set(HR_ASKED=${EXTEN})');
    copy.sayTemplate(confirm, node.confirmPrompt, (name) =>
      placeOf(slots.has(name) ? wordNames(name) : variableNames(name)),
    );
    const confirmation: Expectation = { kind: 'confirmation', form: undefined };
    copy.say(confirm, keypadQuestion(confirmation, keypadStart, {}, copy.words.keys).prompt);
    const keepAll = (extension: Extension): void => {
      for (const { name } of node.slots) setBoth(extension, variableNames(name), placeOf(wordNames(name)));
    };
    confirm.add('Gosub(key,1)');
    this.#writeKeys(confirm, [
      ['1', { write: keepAll, to: copy.node(node.next) }],
      ['2', { write: (extension) => copy.say(extension, [copy.words.denied]), to: this.begin }],
      ['#', { write: nothing, to: `c_${this.#key}` }],
      ['*', { write: nothing, to: this.begin }],
    ]);
  }
}

function inLanguage(copy: Copy, language: string, next: string): Effect {
  return {
    write: (extension) => void extension.add(`Set(HANDRAIL_LANGUAGE=${safeLanguage(language)})`),
    to: copy.nodeIn(language, next),
  };
}

/** Digits that are a value of it. */
function sampleDigits(entity: Entity): string {
  return entity.type === 'number' ? String(entity.min) : '1'.repeat(entity.type === 'digits' ? entity.min : 0);
}

function nothing(): void {
  // this key only moves the call
}
