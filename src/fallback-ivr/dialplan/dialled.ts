import type { Extension } from './dialplan-text.js';
import { seconds } from './routines.js';
import { goesOn, type KeySpec } from '../key-collector.js';

/** Where keys lead; each is an extension. */
export interface DialledWays {
  readonly interDigitMs: number;
  /** For a number that may be dialled, or an option. */
  readonly to: (keys: string) => string;
  readonly back: string;
  readonly wrong: string;
}

/** After the first keys of a number that may be dialled: waits for the next key as long as the keypad face does. */
export function writeDialled(
  extension: Extension,
  spec: Extract<KeySpec, { kind: 'choice' }>,
  dialled: string,
  ways: DialledWays,
): void {
  const { back, interDigitMs, to, wrong } = ways;
  extension.add(`Read(HR_KEY,,1,t(),1,${seconds(interDigitMs)})`);
  const longer: { readonly keys: string; readonly label: string }[] = [];
  for (const digit of '0123456789') {
    const keys = `${dialled}${digit}`;
    const label = goesOn(keys, spec) ? extension.label() : undefined;
    if (label) longer.push({ keys, label });
    const target = label ?? (spec.numbers?.has(keys) ? `${to(keys)},1` : undefined);
    if (target) extension.add(`GotoIf($["k\${HR_KEY}" = "k${digit}"]?${target})`);
  }
  const meant = spec.keys.has(dialled) || spec.numbers?.has(dialled) ? to(dialled) : wrong;
  extension
    .add(`GotoIf($["k\${HR_KEY}" = "k*"]?${back},1)`)
    .add(`GotoIf($["k\${HR_KEY}" = "k" | "k\${HR_KEY}" = "k#"]?${meant},1)`)
    .goto(wrong);
  for (const { keys, label } of longer) writeDialled(extension.add('NoOp()', label), spec, keys, ways);
}
