import { describe, expect, it } from 'vitest';
import { spokenOrders } from './synthetic-orders.js';

describe('spoken orders', () => {
  const orders = spokenOrders(30);

  it('are the same every time, and none twice', () => {
    expect(spokenOrders(30)).toEqual(orders);
    expect(new Set(orders.map(({ text }) => text)).size).toBe(30);
  });

  it('say every slot value that they claim, and use all six slots', () => {
    for (const { text, slots } of orders) for (const value of Object.values(slots)) expect(text).toContain(value);
    expect(new Set(orders.flatMap(({ slots }) => Object.keys(slots))).size).toBe(6);
  });
});
