import type { Flow } from '../../flow/schema.js';

/** A flow that speaks English and German: chosen by key, changed by a node, with values that are said in either. Times are short. */
export const twoLanguageFlow: Flow = {
  schema: 1,
  id: 'two-languages',
  name: 'Two languages',
  language: 'en-US',
  start: 'tongue',
  operator: 'bye',
  giveUp: 'bye',
  defaults: { noInputMs: 2_000, interDigitMs: 700, keypadTries: 2 },
  nodes: {
    tongue: {
      kind: 'menu',
      prompt: 'English or German?',
      options: [
        { id: 'en', label: 'English', key: '1', phrases: ['English'], language: 'en-US', next: 'main' },
        { id: 'de', label: 'Deutsch', key: '2', phrases: ['German', 'Deutsch'], language: 'de-DE', next: 'main' },
      ],
    },
    main: {
      kind: 'menu',
      prompt: 'What?',
      options: [
        { id: 'day', label: 'a day', key: '1', phrases: ['a day'], next: 'day' },
        { id: 'size', label: 'a size', key: '2', phrases: ['a size'], next: 'size' },
        { id: 'english', label: 'the other language', key: '3', phrases: ['English please'], next: 'toEnglish' },
        { id: 'who', label: 'a person', key: '4', phrases: ['a person'], next: 'who' },
      ],
    },
    day: { kind: 'collect', prompt: 'Which day?', slot: 'day', entity: { type: 'date', year: 'asked' }, next: 'told' },
    told: { kind: 'say', prompt: 'Good, {day}.', next: 'main' },
    size: {
      kind: 'collect',
      prompt: 'Which size?',
      slot: 'size',
      entity: { type: 'list', values: ['small', 'large'] },
      next: 'sized',
    },
    sized: { kind: 'say', prompt: 'It is {size}.', next: 'toEnglish' },
    toEnglish: { kind: 'language', language: 'en-US', next: 'inEnglish' },
    inEnglish: { kind: 'say', prompt: 'In English from here.', next: 'main' },
    who: {
      kind: 'directory',
      prompt: 'Who?',
      people: [{ name: 'Anna Smith', extension: '999' }],
      ringMs: 1_000,
      failed: 'main',
    },
    bye: { kind: 'hangup', prompt: 'Goodbye.' },
  },
  languages: {
    'de-DE': {
      tongue: { prompt: 'Englisch oder Deutsch?' },
      main: {
        prompt: 'Was?',
        'options.day.label': 'einen Tag',
        'options.size.label': 'eine Größe',
        'options.english.label': 'die andere Sprache',
        'options.who.label': 'einen Menschen',
      },
      day: { prompt: 'Welcher Tag?' },
      told: { prompt: 'Gut, {day}.' },
      size: { prompt: 'Welche Größe?', 'values.small': 'klein', 'values.large': 'groß' },
      sized: { prompt: 'Das ist {size}.' },
      inEnglish: { prompt: 'Ab hier auf Englisch.' },
      who: { prompt: 'Wen?' },
      bye: { prompt: 'Auf Wiederhören.' },
    },
  },
};
