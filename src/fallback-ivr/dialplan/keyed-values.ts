import type { EntityOf, ReckonedEntity } from '../../flow/entities.js';
import { firstYear, lastYear, timeValues } from '../../flow/reckoned-values.js';
import { asksYear, firstLetterKey, letterKeys } from '../keypad-values.js';
import type { Copy } from './copy.js';
import type { Extension } from './dialplan-text.js';
import { encodeValue } from './safe-text.js';

export const keyedNames =
  'HR_VALUE HR_WHOLE HR_PART HR_MONTH HR_DAY HR_YEAR HR_HOUR HR_MINUTE HR_AM HR_PM HR_SIGN HR_AT'.split(' ');

/**
 * What `keyedValue` does, in dialplan: HR_VALUE is made of what was keyed, and HR_SPELLED of how it is read back. A time may
 * leave HR_HOUR and HR_MINUTE for the question which half of the day is meant.
 */
export interface Ways {
  /** Extension for keys that make no value. */
  readonly wrong: string;
  /** Extension that asks for the half of the day; absent where that is never open. */
  readonly half?: string | undefined;
}

export function writeKeyedValue(copy: Copy, extension: Extension, entity: ReckonedEntity, ways: Ways): void {
  switch (entity.type) {
    case 'date':
      return writeDate(copy, extension, entity, ways.wrong);
    case 'time':
      return writeTime(copy, extension, entity, ways);
    case 'amount':
      return writeAmount(copy, extension, entity, ways.wrong);
    case 'code':
      return writeCode(copy, extension, entity, ways.wrong);
    default:
      return entity satisfies never;
  }
}

const sign = (copy: Copy, name: string): string => `&${copy.options.soundDir}/${name}`;

/* ---------------------------------------------------------------- dates */

/** Two digits a month; a 29th of February is looked at by itself. */
const DAYS = '312931303130313130313031';

function writeDate(copy: Copy, extension: Extension, entity: EntityOf<'date'>, wrong: string): void {
  const [month, day] = entity.keys === 'DDMM' ? ['2:2', '0:2'] : ['0:2', '2:2'];
  extension
    .add(`Set(HR_MONTH=\${HR_DIGITS:${month}})`)
    .add(`Set(HR_DAY=\${HR_DIGITS:${day}})`)
    .add(`GotoIf($[\${HR_MONTH} < 1 | \${HR_MONTH} > 12 | \${HR_DAY} < 1]?${wrong},1)`)
    .add(`Set(HR_DAYS=${DAYS})`)
    .add('Set(HR_AT=$[(${HR_MONTH} - 1) * 2])')
    .add(`GotoIf($[\${HR_DAY} > \${HR_DAYS:\${HR_AT}:2}]?${wrong},1)`);
  if (asksYear(entity)) {
    extension
      .add('Set(HR_YEAR=${HR_DIGITS:4:4})')
      .add(`GotoIf($[\${HR_YEAR} < ${String(firstYear)} | \${HR_YEAR} > ${String(lastYear)}]?${wrong},1)`)
      .add(
        `GotoIf($[\${HR_MONTH}\${HR_DAY} = 0229 & (\${HR_YEAR} % 4 != 0 | \${HR_YEAR} = ${String(firstYear)})]?${wrong},1)`,
      );
  } else {
    const [beyond, step] = entity.year === 'last' ? ['<=', '-'] : ['>=', '+'];
    const [known, leap] = [extension.label(), extension.label()];
    const done = extension.label();
    extension
      .add('Set(HR_YEAR=${STRFTIME(${EPOCH},,%Y)})')
      .add(`GotoIf($[\${HR_MONTH}\${HR_DAY} ${beyond} \${STRFTIME(\${EPOCH},,%m%d)}]?${known})`)
      .add(`Set(HR_YEAR=$[\${HR_YEAR} ${step} 1])`)
      .add('NoOp()', known)
      .add(`GotoIf($[\${HR_MONTH}\${HR_DAY} != 0229 | \${HR_YEAR} % 4 = 0]?${done})`, leap)
      .add(`Set(HR_YEAR=$[\${HR_YEAR} ${step} 1])`)
      .add(`Goto(${leap})`)
      .add('NoOp()', done);
  }
  const { months, day: dayOf, dateOrder } = copy.words.values;
  for (const name of months) copy.sound(name);
  for (let number = 1; number <= 31; number++) copy.sound(dayOf(number));
  const year = [0, 1, 2, 3].map((place) => sign(copy, `digit-\${HR_YEAR:${String(place)}:1}`)).join('');
  const said = { month: sign(copy, 'month-${HR_MONTH}'), day: sign(copy, 'day-${HR_DAY}'), year };
  extension
    .add('Set(HR_VALUE=${HR_YEAR}-${HR_MONTH}-${HR_DAY})')
    .add(`Set(HR_SPELLED=${dateOrder.map((part) => said[part]).join('')})`);
}

/* ---------------------------------------------------------------- times */

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

function writeTime(copy: Copy, extension: Extension, entity: EntityOf<'time'>, { wrong, half }: Ways): void {
  const { from = '00:00', to = '24:00' } = entity;
  const within = (name: string): string =>
    `(\${${name}} >= ${String(minutesOf(from))} & \${${name}} <= ${String(minutesOf(to))})`;
  const [plain, made] = [extension.label(), extension.label()];
  extension
    .add('Set(HR_HOUR=$[${HR_DIGITS:0:2} + 0])')
    .add('Set(HR_MINUTE=${HR_DIGITS:2:2})')
    .add(`GotoIf($[\${HR_HOUR} > 23 | \${HR_MINUTE} > 59]?${wrong},1)`)
    .add(`GotoIf($[\${HR_HOUR} = 0 | \${HR_HOUR} > 12]?${plain})`)
    .add('Set(HR_AM=$[${HR_HOUR} % 12 * 60 + ${HR_MINUTE}])')
    .add('Set(HR_PM=$[${HR_AM} + 720])');
  if (half !== undefined) extension.add(`GotoIf($[${within('HR_AM')} & ${within('HR_PM')}]?${half},1)`);
  extension
    .add(`Set(HR_HOUR=$[\${HR_HOUR} % 12 + 12 * ${within('HR_PM')}])`)
    .add('NoOp()', plain)
    .add('Set(HR_AM=$[${HR_HOUR} * 60 + ${HR_MINUTE}])')
    .add(`GotoIf($[${within('HR_AM')}]?${made})`)
    .goto(wrong)
    .add('NoOp()', made);
  writeTimeOf(copy, extension);
}

/** The time of HR_HOUR and HR_MINUTE whose half was asked for. @param key 1 for a.m., 2 for p.m. */
export function writeChosenHalf(copy: Copy, extension: Extension, key: string): void {
  extension.add(`Set(HR_HOUR=$[\${HR_HOUR} % 12 + ${key === '2' ? '12' : '0'}])`);
  writeTimeOf(copy, extension);
}

function writeTimeOf(copy: Copy, extension: Extension): void {
  const { clock } = copy.words.values;
  for (let number = 10; number < 60; number++) copy.sound(String(number));
  const [named, done] = [extension.label(), extension.label()];
  const minute = `\${IF($[\${HR_MINUTE} < 10]?${sign(copy, 'digit-0')}${sign(copy, 'digit-${HR_MINUTE:1:1}')}:${sign(copy, 'number-${HR_MINUTE}')})}`;
  extension.add('Set(HR_VALUE=${IF($[${HR_HOUR} < 10]?0)}${HR_HOUR}%3A${HR_MINUTE})');
  if (clock.hours === 24) {
    // “15 Uhr 5”: the minutes after the word, without a nought.
    const minutes = sign(copy, '${IF($[${HR_MINUTE} < 10]?digit-${HR_MINUTE:1:1}:number-${HR_MINUTE})}');
    extension
      .add(
        `Set(HR_SPELLED=${sign(copy, '${IF($[${HR_HOUR} < 10]?digit:number)}-${HR_HOUR}')}${copy.sound(clock.hour)})`,
      )
      .add(`GotoIf($[\${HR_MINUTE} = 0]?${done})`)
      .add(`Set(HR_SPELLED=\${HR_SPELLED}${minutes})`)
      .add('NoOp()', done);
    return;
  }
  const [am, pm] = [copy.sound(clock.am), copy.sound(clock.pm)];
  const [noon, midnight] = [copy.sound(clock.noon), copy.sound(clock.midnight)];
  extension
    .add(`Set(HR_SPELLED=\${IF($[\${HR_HOUR} = 0]?${midnight}:${noon})})`)
    .add(`GotoIf($[\${HR_MINUTE} = 0 & \${HR_HOUR} % 12 = 0]?${done})`)
    .add('Set(HR_AT=$[(${HR_HOUR} + 11) % 12 + 1])')
    .add(`Set(HR_SPELLED=${sign(copy, '${IF($[${HR_AT} < 10]?digit:number)}-${HR_AT}')})`)
    .add(`GotoIf($[\${HR_MINUTE} = 0]?${named})`)
    .add(`Set(HR_SPELLED=\${HR_SPELLED}${minute})`)
    .add(`Set(HR_SPELLED=\${HR_SPELLED}\${IF($[\${HR_HOUR} < 12]?${am}:${pm})})`, named)
    .add('NoOp()', done);
}

/** Keys that make a value, and those of a time of which the half is open, if the entity’s bounds leave that. */
export function sampleKeys(entity: ReckonedEntity): {
  readonly whole: string | undefined;
  readonly open: string | undefined;
} {
  switch (entity.type) {
    case 'date':
      return { whole: asksYear(entity) ? '01012000' : '0101', open: undefined };
    case 'amount':
      return { whole: '1', open: undefined };
    case 'code':
      return { whole: entity.pattern.replaceAll('9', '1').replaceAll('A', '21'), open: undefined };
    case 'time': {
      const all = Array.from({ length: 24 * 60 }, (_, at) => ({ hour: Math.floor(at / 60), minute: at % 60 }));
      const keysOf = (count: number): string | undefined => {
        const found = all.find((time) => timeValues(entity, time).length === count);
        return found && [found.hour, found.minute].map((part) => String(part).padStart(2, '0')).join('');
      };
      return { whole: keysOf(1), open: keysOf(2) };
    }
    default:
      return entity satisfies never;
  }
}

/* ---------------------------------------------------------------- amounts and codes */

function writeAmount(copy: Copy, extension: Extension, { max, currency }: EntityOf<'amount'>, wrong: string): void {
  extension
    .add('Set(HR_WHOLE=$[${HR_WHOLE} + 0])')
    .add('Set(HR_PART=${HR_PART}00)')
    .add('Set(HR_PART=${HR_PART:0:2})')
    .add('Set(HR_AT=$[${HR_WHOLE} * 100 + ${HR_PART}])')
    .add(`GotoIf($[\${HR_AT} < 1 | \${HR_AT} > ${String(100 * max)}]?${wrong},1)`)
    .add(`Set(HR_VALUE=\${HR_WHOLE}.\${HR_PART}${currency === undefined ? '' : encodeValue(` ${currency}`)})`);
  const digitsOf = (name: string, most: number): string =>
    Array.from({ length: most }, (_, at) => {
      const digit = sign(copy, `digit-\${${name}:${String(at)}:1}`);
      return `\${IF($[\${LEN(\${${name}})} > ${String(at)}]?${digit})}`;
    }).join('');
  const whole = digitsOf('HR_WHOLE', String(max).length);
  if (currency === undefined) {
    extension.add(`Set(HR_SPELLED=${whole}${copy.sound(copy.words.values.point)}${digitsOf('HR_PART', 2)})`);
    return;
  }
  const { one, many, part, parts } = copy.words.values.currencies[currency];
  const [small, done] = [extension.label(), extension.label()];
  extension
    .add('Set(HR_SPELLED=)')
    .add(`GotoIf($[\${HR_WHOLE} = 0]?${small})`)
    .add(`Set(HR_SPELLED=${whole}\${IF($[\${HR_WHOLE} = 1]?${copy.sound(one)}:${copy.sound(many)})})`)
    .add(`GotoIf($[\${HR_PART} = 0]?${done})`)
    .add(`Set(HR_SPELLED=\${HR_SPELLED}${copy.sound(copy.words.values.and)})`)
    .add('Set(HR_PART=$[${HR_PART} + 0])', small)
    .add(`Set(HR_SPELLED=\${HR_SPELLED}${digitsOf('HR_PART', 2)})`)
    .add(`Set(HR_SPELLED=\${HR_SPELLED}\${IF($[\${HR_PART} = 1]?${copy.sound(part)}:${copy.sound(parts)})})`)
    .add('NoOp()', done);
}

function writeCode(copy: Copy, extension: Extension, { pattern }: EntityOf<'code'>, wrong: string): void {
  const table = letterKeys.map((letters) => letters.padEnd(4, '-')).join('');
  extension.add(`Set(HR_LETTERS=${table})`).add('Set(HR_VALUE=)').add('Set(HR_SPELLED=)');
  let at = 0;
  for (const kind of pattern) {
    const key = `\${HR_DIGITS:${String(at++)}:1}`;
    if (kind === '9') {
      extension
        .add(`Set(HR_VALUE=\${HR_VALUE}${key})`)
        .add(`Set(HR_SPELLED=\${HR_SPELLED}${sign(copy, `digit-${key}`)})`);
      continue;
    }
    const place = `\${HR_DIGITS:${String(at++)}:1}`;
    extension
      .add(`GotoIf($[${key} < ${String(firstLetterKey)} | ${place} < 1 | ${place} > 4]?${wrong},1)`)
      .add(`Set(HR_AT=$[(${key} - ${String(firstLetterKey)}) * 4 + ${place} - 1])`)
      .add('Set(HR_SIGN=${HR_LETTERS:${HR_AT}:1})')
      .add(`GotoIf($["\${HR_SIGN}" = "-"]?${wrong},1)`)
      .add('Set(HR_VALUE=${HR_VALUE}${HR_SIGN})')
      .add(`Set(HR_SPELLED=\${HR_SPELLED}${sign(copy, 'letter-${HR_SIGN}')})`);
  }
  for (const letter of letterKeys.join('')) copy.sound(letter);
}
