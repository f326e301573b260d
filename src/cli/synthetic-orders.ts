/** An order as in the commands.json of a speech folder, with its words. */
export interface SpokenOrder {
  readonly text: string;
  readonly intent: 'orderDrink';
  readonly slots: Readonly<Record<string, string>>;
}

const values = {
  size: ['small', 'medium', 'large', 'eight ounce', 'twelve ounce', 'sixteen ounce', 'twenty ounce'],
  numberOfShots: ['single shot', 'double shot', 'triple shot'],
  roast: ['light roast', 'medium roast', 'dark roast'],
  coffeeDrink: ['latte', 'cappuccino', 'americano', 'espresso', 'mocha', 'iced mocha', 'iced coffee', 'drip coffee'],
  milkAmount: ['milk', 'skim milk', 'some soy milk', 'whole milk', 'almond milk', 'a bit of cream', 'lots of cream'],
  sugarAmount: ['sugar', 'some sugar', 'brown sugar', 'a lot of brown sugar', 'sweetener', 'a bit of sweetener'],
} as const;

type Slot = keyof typeof values;

/** Ways to ask, and how many of the slots besides the drink each order fills: from one to all. */
const openings = [
  'can I have a',
  "I'd like a",
  'could I get a',
  'I want a',
  'may I please have a',
  'make me a',
] as const;
const fillings: readonly (readonly Slot[])[] = [
  ['size'],
  ['roast', 'milkAmount'],
  ['size', 'sugarAmount'],
  ['numberOfShots'],
  ['size', 'roast', 'milkAmount'],
  ['numberOfShots', 'milkAmount', 'sugarAmount'],
  ['size', 'numberOfShots', 'roast', 'milkAmount', 'sugarAmount'],
];

/** `count` orders, the same ones every time: opening, slots and values go round at different speeds. */
export function spokenOrders(count: number): SpokenOrder[] {
  return Array.from({ length: count }, (_, index) => {
    const slots: Partial<Record<Slot, string>> = { coffeeDrink: pick(values.coffeeDrink, index) };
    for (const slot of pick(fillings, index)) slots[slot] = pick(values[slot], index + Math.floor(index / 7));
    const before = [slots.size, slots.numberOfShots, slots.roast, slots.coffeeDrink].filter(
      (word) => word !== undefined,
    );
    const after = [slots.milkAmount, slots.sugarAmount].filter((word) => word !== undefined);
    const additions = after.length > 0 ? ` with ${after.join(' and ')}` : '';
    return { text: `${pick(openings, index)} ${before.join(' ')}${additions}`, intent: 'orderDrink', slots };
  });
}

function pick<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length];
  if (item === undefined) throw new RangeError('an empty list');
  return item;
}
