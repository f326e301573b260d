/**
 * Where a placed call stands (RFC 3261, 12 and 17.1, from the caller's side).
 *
 * | state | may become |
 * |---|---|
 * | `calling` (INVITE sent) | `calling` (challenged) · `proceeding` · `cancelling` · `established` · `ended` |
 * | `proceeding` (1xx came) | `calling` (challenged) · `proceeding` · `cancelling` · `established` · `ended` |
 * | `cancelling` (we gave up) | `cancelling` · `leaving` (the answer crossed our CANCEL) · `ended` |
 * | `established` | `established` (200 repeated) · `leaving` · `ended` |
 * | `leaving` (BYE sent) | `leaving` · `ended` |
 * | `ended` | `ended` |
 */
export const dialogStates = ['calling', 'proceeding', 'cancelling', 'established', 'leaving', 'ended'] as const;
export type DialogState = (typeof dialogStates)[number];

/**
 * `provisional`: 1xx · `challenge`: 401/407 that we can answer · `answer`: 200 to INVITE · `reject`: other final answer
 * · `hangup`: our side wants to end · `bye`: BYE came · `bye-done`: our BYE was answered · `timeout`: nothing came
 */
export const dialogEvents = [
  'provisional',
  'challenge',
  'answer',
  'reject',
  'hangup',
  'bye',
  'bye-done',
  'timeout',
] as const;
export type DialogEvent = (typeof dialogEvents)[number];

const transitions: Readonly<Record<DialogState, Readonly<Partial<Record<DialogEvent, DialogState>>>>> = {
  calling: {
    provisional: 'proceeding',
    challenge: 'calling',
    answer: 'established',
    reject: 'ended',
    hangup: 'cancelling',
    timeout: 'ended',
  },
  proceeding: {
    provisional: 'proceeding',
    challenge: 'calling',
    answer: 'established',
    reject: 'ended',
    hangup: 'cancelling',
    timeout: 'ended',
  },
  cancelling: {
    provisional: 'cancelling',
    answer: 'leaving',
    reject: 'ended',
    hangup: 'cancelling',
    timeout: 'ended',
  },
  established: { answer: 'established', hangup: 'leaving', bye: 'ended' },
  leaving: { answer: 'leaving', hangup: 'leaving', bye: 'ended', 'bye-done': 'ended', timeout: 'ended' },
  ended: { answer: 'ended', reject: 'ended', hangup: 'ended', bye: 'ended' },
};

/** Whether the event has a meaning here; a datagram whose event has none is a stray and is dropped. */
export function allows(state: DialogState, event: DialogEvent): boolean {
  return transitions[state][event] !== undefined;
}

/** @throws Error for a transition that is not in the table: ask `allows` first for what comes from the network */
export function nextState(state: DialogState, event: DialogEvent): DialogState {
  const next = transitions[state][event];
  if (next === undefined) throw new Error(`SIP dialog: "${event}" means nothing while ${state}`);
  return next;
}
