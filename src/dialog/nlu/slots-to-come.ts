import type { Expectation, Meaning } from '../../flow/expectation.js';
import type { FormNode } from '../../flow/schema.js';
import { orderOf } from './slot-order.js';

/** Whether people may go on, after a breath, when this was understood: more slots of the same form may come. */
export type MoreMayCome = (meaning: Meaning | undefined) => boolean;

/**
 * “A light roast espresso … with sugar”: after the drink, milk and sugar may come. After both of them nothing does that the
 * form's examples show, even if the size was left out: sizes come before the drink. And where the form itself was named, all
 * of it may come: “I'd like a drink … a large latte”.
 */
export function slotsToCome(expectation: Expectation): MoreMayCome {
  const forms = formsOf(expectation).map(({ intent, form }) => ({ intent, form, order: orderOf(form) }));
  return (meaning) => {
    const said = Object.keys(meaning?.slots ?? {});
    if (said.length === 0) return opensForm(expectation, meaning);
    const { form, order } = forms.find(({ intent }) => intent === undefined || intent === meaning?.intent) ?? {};
    return (
      form !== undefined &&
      form.slots.some(({ name }) => !said.includes(name) && said.every((slot) => order?.reachable(slot).has(name)))
    );
  };
}

function opensForm(expectation: Expectation, meaning: Meaning | undefined): boolean {
  return expectation.kind === 'choice' && expectation.forms.some(({ optionId }) => optionId === meaning?.intent);
}

/** The forms whose sentences are understood here; without an intent, whatever it is. */
function formsOf(expectation: Expectation): readonly { readonly intent?: string; readonly form: FormNode }[] {
  switch (expectation.kind) {
    case 'choice':
      return expectation.forms;
    case 'slots':
      // A slot that was asked for by name is answered with that slot.
      return expectation.asked === undefined ? [{ form: expectation.form }] : [];
    case 'confirmation':
      return expectation.form ? [{ form: expectation.form.form }] : [];
    default:
      return [];
  }
}
