import type { Flow } from '../../src/flow/schema.js';

/** A line of another trade than the orders: where strings of digits are asked for, and where orders are out of place. */
export const bankLine: Flow = {
  schema: 1,
  id: 'bank-line',
  name: 'A bank line',
  language: 'en-US',
  start: 'main',
  giveUp: 'bye',
  nodes: {
    main: {
      kind: 'menu',
      prompt: 'How can I help you?',
      options: [
        {
          id: 'balance',
          label: 'your balance',
          key: '1',
          phrases: ['balance', "what's my balance", 'how much money do I have', 'account balance'],
          next: 'account',
        },
        {
          id: 'card',
          label: 'a lost card',
          key: '2',
          phrases: ['lost card', 'I lost my card', 'block my card', 'my card was stolen'],
          next: 'account',
        },
        {
          id: 'transfer',
          label: 'a transfer',
          key: '3',
          phrases: ['transfer', 'transfer money', 'send money to somebody', 'make a payment'],
          next: 'account',
        },
        {
          id: 'person',
          label: 'a person',
          key: '4',
          phrases: ['talk to a person', 'speak to someone', 'agent', 'operator', 'representative'],
          next: 'bye',
        },
      ],
    },
    account: {
      kind: 'collect',
      prompt: 'What is your account number?',
      slot: 'account',
      entity: { type: 'digits', min: 4, max: 8 },
      examples: ['my account number is {account}'],
      confirm: 'unsure',
      confirmPrompt: 'Was that {account}?',
      next: 'bye',
    },
    bye: { kind: 'hangup' },
  },
};
