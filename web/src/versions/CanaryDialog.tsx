import { useState } from 'react';
import type { CanaryGuard, GuardFigure } from '../../../src/flow/canary.js';
import { inWords } from '../kit/in-words.js';
import { Labelled } from '../kit/labelled.js';
import { WhyDialog } from '../kit/WhyDialog.js';
import { figureWords, words } from '../words/index.js';
import { useCanaryAct } from './canary-api.js';

/** Percent points for shares, milliseconds for times. */
const usualLimit = { containment: 5, fallbackRate: 5, hangUpRate: 5, p95Ms: 200 } as const satisfies Record<
  GuardFigure,
  number
>;
const USUAL_CALLS = 50;

interface Plan {
  readonly percent: number;
  readonly callers: string;
  readonly guarded: boolean;
  readonly figure: GuardFigure;
  /** As it is shown, see `usualLimit`. */
  readonly worseBy: number;
  readonly minCalls: number;
}

/** Who gets the draft, and which figure takes it back when it gets worse. */
export function CanaryDialog({ revision, onClose }: { readonly revision: number; readonly onClose: () => void }) {
  const act = useCanaryAct();
  const [plan, setPlan] = useState<Plan>({
    percent: 10,
    callers: '',
    guarded: true,
    figure: 'containment',
    worseBy: usualLimit.containment,
    minCalls: USUAL_CALLS,
  });
  const set = (part: Partial<Plan>): void => setPlan({ ...plan, ...part });
  const callers = plan.callers.split(/[\s,]+/).filter((number) => number !== '');
  const number = (
    name: 'percent' | 'worseBy' | 'minCalls',
    label: string,
    limits: readonly [number, number, number],
  ) => (
    <Labelled label={label}>
      {(id) => (
        <input
          id={id}
          type="number"
          {...{ min: limits[0], max: limits[1], step: limits[2] }}
          value={plan[name]}
          onChange={({ target }) => set({ [name]: Number(target.value) })}
        />
      )}
    </Labelled>
  );
  return (
    <WhyDialog
      title={words.beginCanaryTitle}
      action={words.beginCanary}
      hindrance={plan.percent === 0 && callers.length === 0 ? words.nobodyGetsIt : undefined}
      problem={act.error ? inWords(act.error) : ''}
      busy={act.isPending}
      onConfirm={(why) =>
        act.mutate(
          {
            type: 'begin',
            revision,
            why,
            share: plan.percent / 100,
            callers,
            ...(plan.guarded ? { guard: guardOf(plan) } : {}),
          },
          { onSuccess: onClose },
        )
      }
      onClose={onClose}
    >
      <div className="faces">
        {number('percent', words.sharePercent, [0, 100, 1])}
        <Labelled label={words.listedCallers} hint={words.oneALine}>
          {(id) => (
            <textarea
              id={id}
              rows={2}
              inputMode="tel"
              value={plan.callers}
              onChange={({ target }) => set({ callers: target.value })}
            />
          )}
        </Labelled>
      </div>
      <label className="check">
        <input type="checkbox" checked={plan.guarded} onChange={({ target }) => set({ guarded: target.checked })} />{' '}
        {words.withGuard}
      </label>
      {plan.guarded && (
        <div className="guard">
          <Labelled label={words.guardFigure}>
            {(id) => (
              <select
                id={id}
                value={plan.figure}
                onChange={({ target }) => {
                  const figure = target.value as GuardFigure;
                  set({ figure, worseBy: usualLimit[figure] });
                }}
              >
                {Object.entries(figureWords).map(([figure, text]) => (
                  <option key={figure} value={figure}>
                    {text}
                  </option>
                ))}
              </select>
            )}
          </Labelled>
          {plan.figure === 'p95Ms'
            ? number('worseBy', words.worseByMs, [1, 60_000, 1])
            : number('worseBy', words.worseByPoints, [0.1, 100, 0.1])}
          {number('minCalls', words.minCalls, [5, 100_000, 1])}
        </div>
      )}
    </WhyDialog>
  );
}

function guardOf({ figure, worseBy, minCalls }: Plan): CanaryGuard {
  return { figure, worseBy: figure === 'p95Ms' ? worseBy : worseBy / 100, minCalls };
}
