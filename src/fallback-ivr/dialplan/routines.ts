import type { Copy } from './copy.js';
import { MAX_CALL_MS } from './options.js';
import { keypadFailureWords } from '../../dialog/wording.js';
import { slotOf } from '../../flow/directory.js';
import { defaultsOf, type Flow, type FlowNode } from '../../flow/schema.js';

/** Read() and Set() see 8,192 bytes of a line; what is longer than this is said before, without keys. */
const MAX_SAY = 6_000;

/** Tells `digits` not to keep what is keyed. */
export const HIDE = 'hide';

/** What all questions of a copy share: the way in, the keys, the failures, the way out. */
export function writeRoutines(copy: Copy): void {
  const { flow, options, text } = copy;
  const { noInputMs, interDigitMs } = defaultsOf(flow);

  const begin = text.extension('s');
  for (const language of copy.ways.others)
    begin.add(`GotoIf($["\${HANDRAIL_LANGUAGE}" = "${language}"]?${copy.ways.contextOf(language) ?? ''},s,1)`);
  begin
    .add('Answer()')
    .add(`Set(TIMEOUT(absolute)=${seconds(options.maxCallMs ?? MAX_CALL_MS)})`)
    .add('Set(HR_SAY=)')
    .add('Set(HR_VISITED=0)')
    .add('Set(HR_AT=node-${FILTER(A-Za-z0-9_\\-,${HANDRAIL_NODE})})')
    .add(`GotoIf($[\${DIALPLAN_EXISTS(${options.context},\${HR_AT},1)}]?\${HR_AT},1)`)
    .goto(copy.node(flow.start));

  // Another copy was loaded while a caller was asked something that is not in it any more: their node is put anew.
  text.extension('i').goto('s');

  // One key into HR_KEY, after and into what is to be said; empty when none came. No key ends a row by itself: t().
  const key = text
    .extension('key')
    .add(`GotoIf($[\${LEN(\${HR_SAY})} < ${String(MAX_SAY)}]?read)`)
    .add('Playback(${HR_SAY:1})')
    .add('Set(HR_SAY=)')
    .add('NoOp()', 'read');
  copy.trace(key, 'ask ${CALLERID(num)} ${HR_SAY}');
  key
    .add(`Read(HR_KEY,\${HR_SAY:1},1,t(),1,${seconds(noInputMs)})`)
    .add('Set(HR_SAY=)')
    .add('Return()');

  // A row of ARG1 to ARG2 digits; with ARG3 they are counted and not kept. HR_EVENT: digits (in HR_DIGITS, and as sounds in HR_SPELLED), pound, back, invalid, silent.
  text
    .extension('digits')
    .add('Set(HR_DIGITS=)')
    .add('Set(HR_SPELLED=)')
    .add('Set(HR_EVENT=silent)')
    .add('Gosub(key,1)')
    .add('GotoIf($["k${HR_KEY}" = "k"]?done)')
    .add('Set(HR_EVENT=back)', 'key')
    .add('GotoIf($["k${HR_KEY}" = "k*"]?done)')
    .add('GotoIf($["k${HR_KEY}" = "k#"]?pound)')
    .add('Set(HR_EVENT=invalid)')
    .add('GotoIf($[${LEN(${FILTER(0-9,${HR_KEY})})} = 0]?done)')
    .add(`Set(HR_DIGITS=\${HR_DIGITS}\${IF($["\${ARG3}" = "${HIDE}"]?x:\${HR_KEY})})`)
    .add(`GotoIf($["\${ARG3}" = "${HIDE}"]?counted)`)
    .add(`Set(HR_SPELLED=\${HR_SPELLED}&${options.soundDir}/digit-\${HR_KEY})`)
    .add('GotoIf($[${LEN(${HR_DIGITS})} >= ${ARG2}]?whole)', 'counted')
    .add(`Read(HR_KEY,,1,t(),1,${seconds(interDigitMs)})`)
    .add('GotoIf($["k${HR_KEY}" != "k"]?key)')
    .add('Set(HR_EVENT=invalid)', 'enough')
    .add('GotoIf($[${LEN(${HR_DIGITS})} < ${ARG1}]?done)')
    .add('Set(HR_EVENT=digits)', 'whole')
    .add('Return()', 'done')
    .add('GotoIf($[${LEN(${HR_DIGITS})} > 0]?enough)', 'pound')
    .add('Set(HR_EVENT=pound)')
    .add('Return()');
  for (const digit of '0123456789') copy.sound(digit);
  if (hasAmounts(flow)) writeAmountRoutine(copy, interDigitMs);

  for (const kind of ['wrongKey', 'noKey'] as const) writeFailure(copy, kind, failureNames[kind], undefined);

  const end = text.extension('end');
  copy.trace(end, 'say ${CALLERID(num)} ${HR_SAY}');
  end.add('GotoIf($[${LEN(${HR_SAY})} = 0]?bye)').add('Playback(${HR_SAY:1})').add('Hangup()', 'bye');

  if (options.trace) {
    const names = variablesOf(copy);
    const values = names.map((name) => `${name}=\${HRV_${name}}`).join(' ');
    copy.trace(text.extension('h'), `end \${CALLERID(num)} ${values}`);
  }
}

/** Up to ARG1 digits into HR_WHOLE, and after `*` two more at most into HR_PART. Events as of `digits`. */
function writeAmountRoutine(copy: Copy, interDigitMs: number): void {
  copy.text
    .extension('amount')
    .add('Set(HR_WHOLE=)')
    .add('Set(HR_PART=)')
    .add('Set(HR_POINT=)')
    .add('Set(HR_EVENT=silent)')
    .add('Gosub(key,1)')
    .add('GotoIf($["k${HR_KEY}" = "k"]?done)')
    .add('GotoIf($["k${HR_KEY}" = "k*"]?point)', 'key')
    .add('GotoIf($["k${HR_KEY}" = "k#"]?pound)')
    .add('Set(HR_EVENT=invalid)')
    .add('GotoIf($[${LEN(${FILTER(0-9,${HR_KEY})})} = 0]?done)')
    .add('GotoIf($[${LEN(${HR_POINT})} > 0]?part)')
    .add('GotoIf($[${LEN(${HR_WHOLE})} >= ${ARG1}]?done)')
    .add('Set(HR_WHOLE=${HR_WHOLE}${HR_KEY})')
    .add('Goto(more)')
    .add('Set(HR_PART=${HR_PART}${HR_KEY})', 'part')
    .add('GotoIf($[${LEN(${HR_PART})} >= 2]?whole)')
    .add(`Read(HR_KEY,,1,t(),1,${seconds(interDigitMs)})`, 'more')
    .add('GotoIf($["k${HR_KEY}" != "k"]?key)')
    .add('Set(HR_EVENT=digits)', 'whole')
    .add('Return()', 'done')
    .add('Set(HR_EVENT=back)', 'point')
    .add('GotoIf($[${LEN(${HR_WHOLE})} = 0]?done)')
    .add('Set(HR_EVENT=invalid)')
    .add('GotoIf($[${LEN(${HR_POINT})} > 0]?done)')
    .add('Set(HR_POINT=yes)')
    .add('Goto(more)')
    .add('GotoIf($[${LEN(${HR_WHOLE})} > 0]?whole)', 'pound')
    .add('Set(HR_EVENT=pound)')
    .add('Return()');
}

function hasAmounts({ nodes }: Flow): boolean {
  return Object.values(nodes).some((node) => {
    const entities =
      node.kind === 'collect' ? [node.entity] : node.kind === 'form' ? node.slots.map((s) => s.entity) : [];
    return entities.some(({ type }) => type === 'amount');
  });
}

/** Extensions for a key without a meaning, and for none. */
export const failureNames = { wrongKey: 'invalid', noKey: 'silent' } as const;

/** What follows a wrong key, or none: it is counted, told in the words of the node or in ours, and the question is put again. */
export function writeFailure(
  copy: Copy,
  kind: keyof typeof failureNames,
  name: string,
  node: FlowNode | undefined,
): void {
  const { flow, text } = copy;
  const { wrongKeyTries, noKeyTries } = defaultsOf(flow);
  const [count, most] = kind === 'wrongKey' ? ['HR_WRONG', wrongKeyTries] : ['HR_NONE', noKeyTries];
  const failure = text.extension(name).add(`Set(${count}=$[0\${${count}} + 1])`);
  failure.add(`GotoIf($[\${${count}} >= ${String(most)}]?${copy.node(flow.giveUp)},1)`);
  copy.say(failure, [keypadFailureWords(node, kind, copy.words)]);
  failure.add('Goto(${HR_ASKED},1)');
}

/** Asterisk takes seconds with a fraction. */
export function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function variablesOf({ flow }: Copy): string[] {
  const names = Object.values(flow.nodes).flatMap((node) => {
    if (node.kind === 'set') return Object.keys(node.values);
    if (node.kind === 'subflow') return Object.keys(node.arguments ?? {});
    if (node.kind === 'collect') return [node.slot];
    if (node.kind === 'directory') return [slotOf(node)];
    return node.kind === 'form' ? node.slots.map((s) => s.name) : [];
  });
  return [...new Set(names)];
}
