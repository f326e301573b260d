import type { Flow } from '../../flow/schema.js';

/** A small flow with one node of each listening kind, for tests of the dialog. */
export const smallFlow: Flow = {
  schema: 1,
  id: 'small',
  name: 'A small line',
  language: 'en-US',
  start: 'main',
  operator: 'person',
  giveUp: 'bye',
  defaults: { accept: 0.8, confirm: 0.4, aiTries: 2, keypadTries: 2 },
  nodes: {
    main: {
      kind: 'menu',
      prompt: 'How can I help?',
      noMatch: ['You can order, or ask for our hours.'],
      options: [
        { id: 'order', label: 'an order', key: '1', phrases: ['I want to order'], next: 'drink' },
        { id: 'code', label: 'your order number', key: '2', phrases: ['where is my order'], next: 'number' },
        { id: 'ask', label: 'a question', key: '3', phrases: ['I have a question'], next: 'talk' },
      ],
    },
    drink: {
      kind: 'form',
      prompt: 'What can I get you?',
      slots: [
        { name: 'size', ask: 'Which size?', label: 'size', entity: { type: 'list', values: ['small', 'large'] } },
        {
          name: 'drink',
          ask: 'Which drink?',
          label: 'drink',
          required: true,
          entity: { type: 'list', values: ['latte', 'mocha'] },
        },
        {
          name: 'milk',
          ask: 'Which milk?',
          label: 'milk',
          entity: {
            type: 'compound',
            parts: [
              { values: ['some', 'a lot of'], optional: true, ask: 'How much?' },
              { values: ['milk', 'cream'], ask: 'Which milk?' },
            ],
          },
        },
      ],
      examples: ['a {size} {drink} with {milk}'],
      confirm: 'always',
      confirmPrompt: 'A [{size}] {drink}[ with {milk}]. Right?',
      next: 'thanks',
    },
    thanks: { kind: 'say', prompt: 'One {drink}, thank you.', next: 'main' },
    number: {
      kind: 'collect',
      prompt: 'Your order number?',
      slot: 'orderNumber',
      entity: { type: 'digits', min: 4, max: 4 },
      confirm: 'unsure',
      next: 'status',
    },
    status: { kind: 'say', prompt: 'Order {orderNumber} is ready.', next: 'bye' },
    talk: {
      kind: 'converse',
      prompt: 'What would you like to know?',
      knowledge: [{ id: 'wifi', questions: ['do you have wifi'], answer: 'Yes, and it is free.' }],
      llm: { instructions: 'You work in a small shop.' },
      exits: [{ id: 'back', label: 'the main menu', key: '1', phrases: ['go back'], next: 'main' }],
    },
    person: { kind: 'transfer', to: '300', prompt: 'I will connect you.', failed: 'message' },
    message: { kind: 'voicemail', prompt: 'Leave a message.', next: 'bye' },
    bye: { kind: 'hangup', prompt: 'Goodbye.' },
  },
};
