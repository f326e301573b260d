import { describe, expect, test } from 'vitest';
import type { Entity } from '../../flow/schema.js';
import { compileExpectation } from './compile.js';

/** A Wednesday. */
const today = () => ({ year: 2026, month: 11, day: 25 });

function reader(entity: Entity) {
  const { understandText } = compileExpectation({ kind: 'entity', name: 'it', entity, examples: [] }, undefined, {
    today,
  });
  return (text: string) => understandText(text);
}

/** The value of the likeliest meaning, if it would not be refused. */
function valueOf(entity: Entity): (text: string) => string | undefined {
  const read = reader(entity);
  return (text) => {
    const [best] = read(text).hypotheses;
    return best && best.probability >= 0.35 ? best.meaning.slots['it'] : undefined;
  };
}

describe('dates', () => {
  const next = valueOf({ type: 'date' });
  test.each([
    ['May third', '2027-05-03'],
    ['may 3rd', '2027-05-03'],
    ['May the third', '2027-05-03'],
    ['the third of May', '2027-05-03'],
    ['3rd of May', '2027-05-03'],
    ['on December twenty-first', '2026-12-21'],
    ['December 21', '2026-12-21'],
    ['it’s December 21st, please', '2026-12-21'],
    ['November 25th', '2026-11-25'],
    ['November 24th', '2027-11-24'],
    ['May third twenty twenty eight', '2028-05-03'],
    ['May 3rd, 2028', '2028-05-03'],
    ['May third two thousand and thirty', '2030-05-03'],
    ['the twenty-ninth of February', '2028-02-29'],
    ['February thirtieth', undefined],
    ['February 29th 2027', undefined],
    ['the third', '2026-12-03'],
    ['the 30th', '2026-11-30'],
    ['today', '2026-11-25'],
    ['tomorrow', '2026-11-26'],
    ['um, the day after tomorrow', '2026-11-27'],
    ['in a week', '2026-12-02'],
    ['Friday', '2026-11-27'],
    ['this Friday', '2026-11-27'],
    ['next Friday', '2026-12-04'],
    ['on Wednesday', '2026-12-02'],
    ['next Monday', '2026-11-30'],
    ['next Sunday', '2026-12-06'],
  ])('%s', (text, value) => expect(next(text)).toBe(value));

  const last = valueOf({ type: 'date', year: 'last' });
  test.each([
    ['yesterday', '2026-11-24'],
    ['December first', '2025-12-01'],
    ['November 25th', '2026-11-25'],
    ['Friday', '2026-11-20'],
    ['last Wednesday', '2026-11-18'],
    ['the thirtieth', '2026-10-30'],
  ])('the last one: %s', (text, value) => expect(last(text)).toBe(value));

  const born = valueOf({ type: 'date', year: 'asked' });
  test.each([
    ['May third nineteen eighty', '1980-05-03'],
    ['the third of May 1980', '1980-05-03'],
    ['July 4th, nineteen oh five', '1905-07-04'],
    ['July 4th two thousand five', '2005-07-04'],
    ['May third', undefined],
    ['tomorrow', undefined],
  ])('with the year: %s', (text, value) => expect(born(text)).toBe(value));

  test('a date may stop in the middle', () => {
    const read = reader({ type: 'date' });
    expect(read('May')).toMatchObject({ openEnd: true, complete: false });
    expect(read('May third')).toMatchObject({ openEnd: false, complete: true });
    expect(reader({ type: 'date', year: 'asked' })('May third')).toMatchObject({ openEnd: true, complete: false });
  });
});

describe('times', () => {
  const any = valueOf({ type: 'time' });
  test.each([
    ['three thirty p.m.', '15:30'],
    ['3:30 pm', '15:30'],
    ['3:30 p.m.', '15:30'],
    ['3pm', '15:00'],
    ['at three o’clock in the afternoon', '15:00'],
    ['half past three in the afternoon', '15:30'],
    ['quarter to three p.m.', '14:45'],
    ['a quarter past nine in the morning', '09:15'],
    ['ten to one in the afternoon', '12:50'],
    ['twenty-five minutes past six a.m.', '06:25'],
    ['eight oh five a.m.', '08:05'],
    ['8:05 a.m.', '08:05'],
    ['fifteen thirty', '15:30'],
    ['15:30', '15:30'],
    ['twelve a.m.', '00:00'],
    ['twelve p.m.', '12:00'],
    ['noon', '12:00'],
    ['midnight', '00:00'],
    ['eleven at night', '23:00'],
    ['twenty five thirty', undefined],
    ['three seventy', undefined],
  ])('%s', (text, value) => expect(any(text)).toBe(value));

  test('an open half of the day is asked, not acted on', () => {
    const [best, second] = reader({ type: 'time' })('at three').hypotheses;
    expect(best?.meaning.slots['it']).toBe('15:00');
    expect(best?.probability).toBeGreaterThan(0.35);
    expect(best?.probability).toBeLessThan(0.8);
    expect(second?.meaning.slots['it']).toBe('03:00');
  });

  const office = valueOf({ type: 'time', from: '08:30', to: '18:00' });
  test.each([
    ['three', '15:00'],
    ['nine', '09:00'],
    ['half past eight', '08:30'],
    ['eight', undefined],
    ['three a.m.', undefined],
    ['six', '18:00'],
    ['seven p.m.', undefined],
  ])('between opening and closing: %s', (text, value) => expect(office(text)).toBe(value));
  test('what can only be one time is sure', () => {
    expect(reader({ type: 'time', from: '08:30', to: '18:00' })('three').hypotheses[0]?.probability).toBeGreaterThan(
      0.8,
    );
  });
});

describe('amounts', () => {
  const dollars = valueOf({ type: 'amount', max: 5000, currency: 'USD' });
  test.each([
    ['twelve dollars and fifty cents', '12.50 USD'],
    ['twelve dollars fifty', '12.50 USD'],
    ['twelve fifty', '12.50 USD'],
    ['$12.50', '12.50 USD'],
    ['12 dollars', '12.00 USD'],
    ['twelve bucks', '12.00 USD'],
    ['$12.05', '12.05 USD'],
    ['twelve oh five', '12.05 USD'],
    ['twelve point five', '12.50 USD'],
    ['twelve point two five dollars', '12.25 USD'],
    ['fifty cents', '0.50 USD'],
    ['one cent', '0.01 USD'],
    ['a hundred dollars', '100.00 USD'],
    ['a hundred and twenty dollars', '120.00 USD'],
    ['two hundred fifty', '250.00 USD'],
    ['twelve hundred', '1200.00 USD'],
    ['one thousand two hundred and thirty four dollars and five cents', '1234.05 USD'],
    ['$1,234.05', '1234.05 USD'],
    ['1250 dollars', '1250.00 USD'],
    ['five thousand', '5000.00 USD'],
    ['six thousand', undefined],
    ['zero dollars', undefined],
    ['fifty', '50.00 USD'],
  ])('%s', (text, value) => expect(dollars(text)).toBe(value));
  test('other money', () => {
    expect(valueOf({ type: 'amount', max: 100, currency: 'GBP' })('ten pounds twenty')).toBe('10.20 GBP');
    expect(valueOf({ type: 'amount', max: 100, currency: 'EUR' })('ten euros and two cents')).toBe('10.02 EUR');
    expect(valueOf({ type: 'amount', max: 100 })('ten point two')).toBe('10.20');
  });
});

describe('codes', () => {
  const code = valueOf({ type: 'code', pattern: 'AA999' });
  test.each([
    ['K X two zero four', 'KX204'],
    ['KX204', undefined],
    ['k x 2 0 4', 'KX204'],
    ['kilo x-ray two oh four', 'KX204'],
    ['K as in kilo, X as in x-ray, two zero four', 'KX204'],
    ['double K two double four', 'KK244'],
    ['bee see one two three', 'BC123'],
    ['it’s A B one two three', 'AB123'],
    ['A B one two', undefined],
    ['A B one two three four', undefined],
    ['1 2 A B C', undefined],
  ])('%s', (text, value) => expect(code(text)).toBe(value));
  test('a code may stop in the middle', () => {
    expect(reader({ type: 'code', pattern: 'AA999' })('K X two')).toMatchObject({ openEnd: true, complete: false });
  });
});

test('several in one sentence of a form', () => {
  const { understandText } = compileExpectation(
    {
      kind: 'slots',
      intent: 'visit',
      asked: undefined,
      form: {
        kind: 'form',
        prompt: 'When?',
        slots: [
          { name: 'day', ask: 'Which day?', label: 'day', required: true, entity: { type: 'date' } },
          {
            name: 'hour',
            ask: 'When?',
            label: 'time',
            required: true,
            entity: { type: 'time', from: '08:00', to: '18:00' },
          },
        ],
        examples: ['a table for {day} at {hour}'],
        confirmPrompt: '{day}, {hour}?',
        next: 'end',
      },
    },
    undefined,
    { today },
  );
  expect(understandText('a table for the third of May at half past four').hypotheses[0]?.meaning.slots).toEqual({
    day: '2027-05-03',
    hour: '16:30',
  });
});
