import { expect, it } from 'vitest';
import { expectNothingLeft, until, useLine } from './harness.js';
import { cafeNode, cafeWith } from './support/flows.js';

/** Whoever wants a person says or keys in which; both ring extension 300, which greets and sends back what it hears. */
const line = useLine({
  env: { HANDRAIL_SERVICE_PIN: '471147', HANDRAIL_CALLS_LISTEN_IN_NOTICE: 'sound:vm-goodbye' },
  prepare: (dataDir) =>
    cafeWith(dataDir, {
      main: {
        options: cafeNode('main', 'menu').options.map((option) =>
          option.id === 'person' ? { ...option, next: 'who' } : option,
        ),
      },
      who: {
        kind: 'directory',
        prompt: 'Who would you like to speak to?',
        people: [
          { name: 'Robert Miller', extension: '300' },
          { name: 'Anna Smith', about: 'sales', extension: '300' },
          { name: 'Anna Smith', about: 'support', extension: '300' },
          { name: 'Victoria Johnson', extension: '300' },
        ],
        failed: 'person',
      },
    }),
});

/** What is asked of Asterisk and controller, on a busy machine. */
const SAID_WITHIN_MS = 10_000;

it('tells the opening hours to who asks for them', async () => {
  const question = await line().sounds.caller('What are your opening hours?');
  const call = await line().call();
  await call.listen();
  await call.say(question);
  const turn = await call.turn(({ nextNodeId }) => nextNodeId === 'anythingElse');
  expect(turn.input).toMatchObject({ type: 'speech', meaning: { intent: 'hours' } });
  const prompts = [cafeNode('openNow', 'say').prompt, cafeNode('closedNow', 'say').prompt];
  const expected = prompts.find((prompt) => turn.said.startsWith(prompt));
  expect(expected, turn.said).toBeDefined();
  await call.expectPrompt(expected ?? '');
  await call.expectPrompt('Anything else?', 600);

  await call.listen();
  await call.say(await line().sounds.caller('No, that is all.'));
  await call.expectPrompt(cafeNode('goodbye', 'hangup').prompt ?? '', 600);
  const end = await call.phone.ended;
  expect(end.by).toBe('them');
  const { ending } = await line().recordWhen(call.callerId, ({ endedAtWallMs }) => endedAtWallMs !== undefined);
  expect(ending).toBe('hungup-by-flow');
});

it('puts through to somebody who is asked for by name, and of two by what they do', async () => {
  const { sounds } = line();
  const which = await sounds.caller('The one in support.');
  /** How it was said in the end: by key where the machine was too busy for speech. */
  const ask = async (): Promise<string> => {
    const call = await line().call();
    await call.listen();
    await call.say(await sounds.caller('I want to talk to a person.'));
    await call.expectPrompt('Who would you like to speak to?');
    await call.listen();
    await call.say(await sounds.caller('Anna Smith, please.'));
    await call.expectPrompt('Anna Smith, sales.');
    await call.listen();
    const { index: asked } = await call.turn(({ said }) => said.startsWith('Anna Smith, sales.'));
    await call.say(which);
    const { fallback } = await call.turn(({ index }) => index > asked);
    if (fallback === 'deadline') await call.press('2');
    const { input, said } = await call.turn(({ said }) => said.startsWith('I am calling'));
    expect(said).toBe('I am calling Anna Smith, support.');
    await call.expectSound('hello', 300);
    await call.hangup();
    return input.type;
  };
  let by = await ask();
  for (let tries = 1; tries < 3 && by === 'keys'; tries++) by = await ask();
  expect(by).toBe('speech');
});

it('puts through to somebody whose name is keyed in', async () => {
  const call = await line().call();
  await call.hearsVoice();
  await call.press('5');
  await call.hearsVoice();
  // Nobody else begins with M; who goes on keying hears him again.
  await call.press('64');
  await call.expectPrompt('Robert Miller.');
  await call.press('1');
  await call.expectPrompt('I am calling', 400);
  await call.expectSound('hello', 300);
  await call.hangup();
});

it('is closed at once when somebody says so by telephone', async () => {
  const service = await line().call({ extension: '*77' });
  await service.hearsVoice();
  await service.press('471147#');
  await service.pressEach('22');
  const closed = await until(SAID_WITHIN_MS, async () => {
    const { hours } = (await line().ask('/api/hours')) as { hours: string };
    return hours === 'closed' ? true : undefined;
  });
  expect(closed, 'the line is set closed').toBe(true);
  await service.phone.hangup();
  expect(await line().stack.pbx.cli('dialplan show globals')).toContain('HANDRAIL_OVERRIDE_HANDRAIL=closed');

  const call = await line().call();
  await call.hearsVoice();
  await call.press('2');
  const turn = await call.turn(({ input }) => input.type === 'keys');
  expect(turn.said).toContain(cafeNode('closedNow', 'say').prompt);
  await call.hangup();
  await line().ask('/api/hours', { method: 'PUT', body: { hours: 'calendar' } });
});

it('is heard by somebody of the house, until they or the caller hang up', async () => {
  const call = await line().call();
  await call.hearsVoice();
  const { callId } = await line().recordWhen(call.callerId, () => true);
  const bridged = (count: number) =>
    until(SAID_WITHIN_MS, async () => ((await line().bridges()).length === count ? true : undefined));
  const listens = async (): Promise<void> => {
    await line().ask(`/api/calls/${callId}/listen`, { method: 'POST', body: { extension: '300' } });
    expect(await bridged(2), 'the listener has a bridge beside the caller’s').toBe(true);
  };
  const named = async (name: string) =>
    (await line().channels()).flatMap((channel) => (channel.startsWith(name) ? (channel.split('!')[0] ?? []) : []));

  // It is whispered while the bot is silent, so that it can be told from the prompt.
  await call.listen();
  call.mark();
  await listens();
  await call.expectSound('vm-goodbye', 300);
  expect(await named('Snoop/')).toHaveLength(1);
  for (const phone of await named('Local/300@')) await line().stack.pbx.cli(`channel request hangup ${phone}`);
  expect(await bridged(1), 'the caller’s alone is left').toBe(true);
  expect(await named('Snoop/')).toEqual([]);

  await listens();
  await call.hangup();
  await line().cleared();
});

it('leaves nothing behind', () => expectNothingLeft(line()));
