import type { Flow, HoursNode } from '../../src/flow/schema.js';

/** A small flow with every kind of node and value, and with text that means something to Asterisk. Times are short. */
export const everyKindFlow: Flow = {
  schema: 1,
  id: 'every-kind',
  name: 'Every kind',
  language: 'en-US',
  start: 'welcome',
  operator: 'talk',
  giveUp: 'lost',
  defaults: { noInputMs: 1_200, interDigitMs: 600, keypadTries: 2, wrongKeyTries: 3 },
  nodes: {
    welcome: { kind: 'say', prompt: 'Welcome; you are here, {nobody}[or {nowhere}] ${HACK} $[1+1].', next: 'known' },
    known: {
      kind: 'set',
      values: { mood: 'a, "b" ${EXTEN} ; c\n[x]', zero: '007', twice: 'Hello {mood}[, {nobody}]' },
      next: 'check',
    },
    check: {
      kind: 'branch',
      cases: [
        { variable: 'zero', is: ['7'], next: 'lost' },
        { variable: 'mood', is: ['', 'x'], next: 'lost' },
        { variable: 'mood', is: ['other', 'a, "b" $; c x'], next: 'main' },
      ],
      otherwise: 'lost',
    },
    main: {
      kind: 'menu',
      prompt: 'What?',
      options: [
        { id: 'fields', label: 'fields, "all" of ${THEM}', key: '1', phrases: ['x'], next: 'fields' },
        { id: 'number', label: 'a number', key: '2', phrases: ['x'], next: 'count' },
        { id: 'clock', label: 'the clock', key: '3', phrases: ['x'], next: 'clock' },
        { id: 'person', label: 'a person', key: '4', phrases: ['x'], next: 'nobody' },
        { id: 'loop', label: 'nowhere', key: '5', phrases: ['x'], next: 'round' },
        { id: 'colour', label: 'a colour', key: '6', phrases: ['x'], next: 'colour' },
        { id: 'mix', label: 'a mix', key: '7', phrases: ['x'], next: 'mix' },
        { id: 'trip', label: 'a round trip', key: '8', phrases: ['x'], next: 'outer' },
      ],
      // 6 is an option too, 62 is a number and begins others, and 81 begins where no option is.
      directDial: [
        { number: '62', next: 'count' },
        { number: '6234', next: 'mix' },
        { number: '620', next: 'colour' },
        { number: '81', next: 'fields' },
      ],
    },
    fields: {
      kind: 'form',
      prompt: 'Tell me all.',
      keyPrompt: 'By keys, then.',
      slots: [
        {
          name: 'sauce',
          ask: 'Which sauce?',
          label: 'the sauce',
          entity: {
            type: 'compound',
            parts: [
              { ask: 'How much?', optional: true, values: ['some', 'a lot of'] },
              { values: ['salsa', 'ketchup & "co", $[2]'] },
              { optional: true, values: ['on top', 'aside'] },
            ],
          },
        },
        { name: 'seats', ask: 'How many seats?', label: 'seats', entity: { type: 'number', min: 2, max: 12 } },
        {
          name: 'city',
          ask: 'Which city?',
          label: 'the city',
          required: true,
          entity: { type: 'list', values: Array.from({ length: 20 }, (_x, i) => `city number ${String(i + 1)}`) },
        },
        { name: 'code', ask: 'Your code?', label: 'the code', entity: { type: 'digits', min: 2, max: 5 } },
        { name: 'sure', ask: 'Are you sure?', label: 'sure', required: true, entity: { type: 'yesno' } },
      ],
      examples: ['x'],
      confirmPrompt: 'So, {city}[ for {seats}][ with {sauce}][, {code}, {nobody}][, code {code}], sure {sure}?',
      next: 'thanks',
    },
    thanks: { kind: 'say', prompt: 'Thanks, {city} it is[, and {sauce}]; code {code}.', next: 'main' },
    count: {
      kind: 'collect',
      prompt: 'How many?',
      slot: 'count',
      entity: { type: 'number', min: 0, max: 250 },
      next: 'counted',
    },
    counted: { kind: 'say', prompt: 'You said {count}.', next: 'remember' },
    remember: { kind: 'set', values: { mood: '{count}', last: 'n {count}.', count: '{mood}' }, next: 'main' },
    colour: {
      kind: 'collect',
      prompt: 'Colour?',
      slot: 'colour',
      entity: { type: 'list', values: ['red', { value: '00', say: ['nil'] }, 'blue'] },
      next: 'said',
    },
    mix: {
      kind: 'collect',
      prompt: 'Mix?',
      slot: 'mix',
      entity: {
        type: 'compound',
        parts: [
          { optional: true, ask: 'First?', values: ['one', 'two'] },
          { optional: true, ask: 'Second?', values: Array.from({ length: 11 }, (_x, i) => `thing ${String(i)}`) },
        ],
      },
      next: 'said',
    },
    said: { kind: 'say', prompt: '[Colour {colour}.][ Mix {mix}.]', next: 'main' },
    clock: {
      kind: 'hours',
      timezone: 'Europe/Berlin',
      open: [
        { days: weekdays('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'), from: '00:00', to: '12:00' },
        { days: weekdays('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'), from: '18:00', to: '18:00' },
      ],
      whenOpen: 'morning',
      whenClosed: 'afternoon',
    },
    morning: { kind: 'say', prompt: 'Morning there.', next: 'days' },
    afternoon: { kind: 'say', prompt: 'Afternoon there.', next: 'days' },
    days: {
      kind: 'hours',
      timezone: 'Pacific/Auckland',
      open: [{ days: weekdays('mon', 'wed', 'fri', 'sun'), from: '00:00', to: '24:00' }],
      closedOn: ['2020-01-01'],
      whenOpen: 'odd',
      whenClosed: 'even',
    },
    odd: { kind: 'say', prompt: 'Odd day.', next: 'main' },
    even: { kind: 'say', prompt: 'Even day.', next: 'main' },
    nobody: { kind: 'transfer', to: '999', prompt: 'I try.', ringMs: 2_000, failed: 'message' },
    message: { kind: 'voicemail', prompt: 'Nobody there. Speak, and press a key.', maxMs: 8_000, next: 'talk' },
    talk: {
      kind: 'converse',
      prompt: 'Ask.',
      wrongKey: 'Not that key; once more.',
      noKey: 'I wait for a key.',
      knowledge: [],
      exits: [
        { id: 'again', label: 'the menu', key: '1', phrases: ['x'], next: 'main' },
        { id: 'end', label: 'the end', key: '9', phrases: ['x'], next: 'bye' },
      ],
    },
    outer: { kind: 'subflow', start: 'inner', arguments: { who: 'outer {mood}' }, next: 'look' },
    inner: { kind: 'subflow', start: 'tell', arguments: { last: 'inner {who}', who: '{last}' }, next: 'back' },
    tell: { kind: 'say', prompt: 'Now {last}[ with {who}].', next: 'digit' },
    digit: {
      kind: 'collect',
      prompt: 'A digit?',
      slot: 'digit',
      entity: { type: 'digits', min: 1, max: 1 },
      next: 'back',
    },
    back: { kind: 'return' },
    look: {
      kind: 'tool',
      url: 'http://127.0.0.1:9/{digit}',
      results: [{ name: 'state', at: '/state', schema: { type: 'string' } }],
      next: 'lost',
      failed: 'told',
    },
    told: { kind: 'say', prompt: 'Digit {digit}[, {state}].', next: 'main' },
    round: { kind: 'set', values: { last: 'round' }, next: 'round' },
    lost: { kind: 'hangup', prompt: 'Lost.' },
    bye: { kind: 'hangup' },
  },
};

/** The schema's union of weekdays has no static type. */
function weekdays(...days: string[]): HoursNode['open'][number]['days'] {
  return days as never[];
}
