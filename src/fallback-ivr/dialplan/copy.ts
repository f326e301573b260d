import { DialplanText, type Extension } from './dialplan-text.js';
import type { DialplanOptions, DialplanSound } from './options.js';
import { promptParts, templateParts, type PromptPart } from './prompt-parts.js';
import { encodeValue, safeName, soundName } from './safe-text.js';
import { fill, isFixed, namesIn } from '../../flow/template.js';
import type { Flow } from '../../flow/schema.js';
import { inVoice } from '../../flow/languages.js';
import { saidAs } from '../../flow/said-values.js';
import { markOf } from '../../flow/voice-mark.js';
import type { OwnWords } from '../../flow/words/own-words.js';
import { wordsOf } from '../../flow/words/words-of.js';

/** Where the value of a variable stands: its encoded text, and how it is said. Both are expressions for dialplan. */
export interface ValuePlace {
  readonly text: string;
  readonly sounds: string;
}

/** Where the copies of the flow's languages are. */
export interface LanguageWays {
  /** Of this copy's sounds, under the folder of all: '' or `de-DE/`. */
  readonly folder: string;
  /** Undefined for a language that the flow does not have. */
  readonly contextOf: (language: string) => string | undefined;
  /** Further languages: only the copy of the flow's own language sends callers there at the beginning. */
  readonly others: readonly string[];
}

/**
 * A dialplan copy while it is written. The channel variables of a call in it:
 *
 * | variable | holds |
 * |---|---|
 * | HANDRAIL_NODE | the node |
 * | HANDRAIL_OVERRIDE_APP | `open` or `closed`, where people have said so: a variable of Asterisk, not of the call |
 * | HANDRAIL_LANGUAGE | the language, once it was chosen |
 * | HR_SAY | what is said before the next answer, as sound files, each after an `&`: keys stop all of it, as at the controller |
 * | HR_WRONG, HR_NONE | wrong keys, and times without a key, at this node |
 * | HR_DEPTH, HR_RETURN_n | subflows that were begun, and the node that began the nth |
 * | HR_VISITED | nodes passed since the caller was last asked |
 * | HR_ASKED | extension of the question that stands |
 * | HR_KEY, HR_DIGITS, HR_SPELLED, HR_EVENT | what was pressed, and how digits are said |
 * | HR_VALUE | the value that digits make: a date, a time, an amount, a code; a person of a directory |
 * | HR_WHOLE, HR_PART | an amount as it is keyed |
 * | HR_HOUR, HR_MINUTE | a time whose half of the day is asked for |
 * | HRV_x, HRS_x | variable x: encoded text, sounds |
 * | HRF_x, HRFS_x | slot x of the form that is being filled |
 * | HRP_n, HRPS_n | part n of a compound value |
 * | HRW_x, HRWS_x | slot x as it is read back |
 */
export class Copy {
  readonly text: DialplanText;
  readonly #sounds = new Map<string, DialplanSound>();
  /** Variables that some prompt says: only their values are recorded. */
  readonly #said: ReadonlySet<string>;
  /** Variables on which some way depends. */
  readonly #decides: ReadonlySet<string>;

  readonly words: OwnWords;

  /** @param flow in the language of the copy, whose context and folder of sounds `options` name */
  constructor(
    readonly flow: Flow,
    readonly options: DialplanOptions,
    readonly ways: LanguageWays,
  ) {
    this.words = wordsOf(flow.language);
    this.text = new DialplanText(options.context);
    this.#said = saidNames(flow);
    this.#decides = new Set(
      Object.values(flow.nodes).flatMap((node) =>
        node.kind === 'branch' ? node.cases.map((one) => one.variable) : [],
      ),
    );
  }

  get sounds(): readonly DialplanSound[] {
    return [...this.#sounds.values()];
  }

  /** The extension of a node; the end of the call for a node that is not there, as the interpreter has it. */
  node(id: string): string {
    return this.flow.nodes[id] ? `node-${id}` : 'end';
  }

  /** A node in another language: the caller goes on in the copy of that language. */
  nodeIn(language: string, id: string): string {
    const context = this.ways.contextOf(language);
    return this.flow.nodes[id] && context !== undefined ? `${context},node-${id}` : this.node(id);
  }

  /** One sound as an element of HR_SAY. */
  sound(text: string): string {
    const marked = inVoice(this.flow, text);
    const { language, recording, text: plain } = markOf(marked);
    const own = this.flow.language === (language ?? this.flow.language) && recording === undefined;
    // Another voice is another sound, but what dialplan names by a number keeps that name.
    const counted = soundName(plain, this.words);
    const name = own || !counted.startsWith('say-') ? counted : soundName(marked, this.words);
    this.#sounds.set(name, { name: `${this.ways.folder}${name}`, text: marked });
    return `&${this.options.soundDir}/${name}`;
  }

  /** Says texts as they stand when the caller is asked next. */
  say(extension: Extension, texts: readonly string[]): void {
    for (const text of texts.filter((t) => t.trim() !== '')) append(extension, this.sound(text));
  }

  /** Says a prompt with variables when the caller is asked next. */
  sayTemplate(extension: Extension, template: string, places = variable): void {
    this.#sayParts(extension, promptParts(template), places);
  }

  #sayParts(extension: Extension, parts: readonly PromptPart[], places: (name: string) => ValuePlace): void {
    for (const part of parts) {
      if (part.type === 'text') append(extension, this.sound(part.text));
      else if (part.type === 'variable') append(extension, places(part.name).sounds);
      else
        whenAll(
          extension,
          part.names.map((name) => places(name).text),
          () => this.#sayParts(extension, part.parts, places),
        );
    }
  }

  /** Says what has gathered, without waiting for keys. */
  sayNow(extension: Extension): void {
    const past = extension.label();
    this.trace(extension, 'say ${CALLERID(num)} ${HR_SAY}');
    extension
      .add(`GotoIf($[\${LEN(\${HR_SAY})} = 0]?${past})`)
      .add('Playback(${HR_SAY:1})')
      .add('Set(HR_SAY=)')
      .add('NoOp()', past);
  }

  /** Calls a person, after what is to be said. @param to extension, or an expression for one */
  call(extension: Extension, to: string, ringMs: number, failed: string): void {
    this.sayNow(extension);
    extension
      .add('Set(TIMEOUT(absolute)=0)')
      // r: the caller hears that it rings. When somebody has answered and hangs up, the call is over.
      .add(`Dial(${this.options.agentEndpoint.replace('{to}', () => to)},${String(Math.ceil(ringMs / 1000))},r)`)
      .add('Set(HR_VISITED=0)')
      .goto(this.node(failed));
  }

  /** Whether anything in the flow says a variable, or depends on it. */
  isRead(variableName: string): boolean {
    return this.#said.has(variableName) || this.#decides.has(variableName);
  }

  /** The sounds of a value that the flow itself knows; nothing when no prompt says the variable. */
  soundsOf(variableName: string, value: string): string {
    if (value === '' || !this.#said.has(variableName)) return '';
    const spoken = saidAs(this.flow, variableName, value);
    return (/^(. )+.$/.test(spoken) ? spoken.split(' ') : [spoken]).map((text) => this.sound(text)).join('');
  }

  /** Gives a channel variable pair the value of a template, made of what the variables hold now. */
  fill(extension: Extension, target: ValuePlaceNames, template: string, saidAs: string): void {
    if (isFixed(template)) {
      const value = fill(template, {});
      setBoth(extension, target, { text: encodeValue(value), sounds: this.soundsOf(saidAs, value) });
      return;
    }
    setBoth(extension, target, { text: '', sounds: '' });
    this.#fillParts(extension, target, templateParts(template.trim()), saidAs);
    // What was left out at the beginning or the end leaves no space there.
    dropSpace(extension, target.text, 'end');
    dropSpace(extension, target.text, 'start');
  }

  #fillParts(extension: Extension, target: ValuePlaceNames, parts: readonly PromptPart[], saidAs: string): void {
    const add = (text: string, sounds: string): void => {
      extension.add(`Set(${target.text}=\${${target.text}}${text})`);
      if (sounds !== '') extension.add(`Set(${target.sounds}=\${${target.sounds}}${sounds})`);
    };
    for (const part of parts) {
      if (part.type === 'text') {
        const text = part.text.replace(/\s+/g, ' ').replace(/ ([,.?!;:])/g, '$1');
        if (/^[ ,.?!;:]/.test(text)) dropSpace(extension, target.text, 'end');
        add(encodeValue(text), /[\p{L}\p{N}]/u.test(text) ? this.soundsOf(saidAs, text.trim()) : '');
      } else if (part.type === 'variable') {
        add(variable(part.name).text, variable(part.name).sounds);
      } else {
        const values = part.names.map((name) => variable(name).text);
        whenAll(extension, values, () => this.#fillParts(extension, target, part.parts, saidAs));
      }
    }
  }

  /** A line in Asterisk's log, for tests. */
  trace(extension: Extension, what: string): void {
    if (this.options.trace) extension.add(`Log(NOTICE,handrail-${what})`);
  }
}

/** Names of the two channel variables of a value. */
export interface ValuePlaceNames {
  readonly text: string;
  readonly sounds: string;
}

export const variableNames = (name: string): ValuePlaceNames => ({
  text: `HRV_${safeName(name)}`,
  sounds: `HRS_${safeName(name)}`,
});

/** A variable of the flow. */
export const variable = (name: string): ValuePlace => placeOf(variableNames(name));

export function placeOf(names: ValuePlaceNames): ValuePlace {
  return { text: `\${${names.text}}`, sounds: `\${${names.sounds}}` };
}

export function setBoth(extension: Extension, names: ValuePlaceNames, value: ValuePlace): void {
  extension.add(`Set(${names.text}=${value.text})`).add(`Set(${names.sounds}=${value.sounds})`);
}

/** The lines that `inside` writes are passed over when one of the values is empty. */
export function whenAll(extension: Extension, values: readonly string[], inside: () => void): void {
  const past = extension.label();
  for (const value of values) extension.add(`GotoIf($[\${LEN(${value})} = 0]?${past})`);
  inside();
  extension.add('NoOp()', past);
}

/** Takes an encoded space away from one end of a text. */
function dropSpace(extension: Extension, name: string, where: 'start' | 'end'): void {
  const past = extension.label();
  const [edge, rest] = where === 'end' ? [':-3', ':0:-3'] : [':0:3', ':3'];
  extension
    .add(`GotoIf($["\${${name}${edge}}" != "${encodeValue(' ')}"]?${past})`)
    .add(`Set(${name}=\${${name}${rest}})`)
    .add('NoOp()', past);
}

function append(extension: Extension, sounds: string): void {
  extension.add(`Set(HR_SAY=\${HR_SAY}${sounds})`);
}

function saidNames(flow: Flow): Set<string> {
  return new Set(
    Object.values(flow.nodes).flatMap((node) => {
      const templates =
        node.kind === 'set'
          ? Object.values(node.values)
          : node.kind === 'subflow'
            ? Object.values(node.arguments ?? {})
            : 'prompt' in node
              ? [node.prompt ?? '']
              : [];
      const confirming = 'confirmPrompt' in node ? [node.confirmPrompt ?? ''] : [];
      return [...templates, ...confirming].flatMap(namesIn);
    }),
  );
}
