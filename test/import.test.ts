import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from './harness.js';
import type { PrivatePbx } from '../src/cli/private-pbx.js';
import { publishDialplan } from '../src/fallback-ivr/dialplan/index.js';
import { importMenu } from '../src/flow/import/index.js';
import { sleep, systemClock } from '../src/kernel/clock.js';
import { projectRoot } from '../src/kernel/paths.js';
import { SipCaller } from '../src/sip-caller/index.js';
import { GrowingLog } from './support/growing-log.js';
import { startBarePbx } from './support/pbx.js';

/**
 * The same keys on an old menu, of a dialplan or of FreePBX, and on the keypad face of the flow that was imported from it: on one real Asterisk
 * they must reach the same person, or nobody.
 */

/** A caller who does nothing waits for WaitExten(4), on a busy machine. */
const ASKED_WITHIN_MS = 15_000;
const RINGING_MS = 500;
/** Calls at once, of all menus together: they do nothing but wait. */
const AT_ONCE = 12;

interface Line {
  /** The old menu and its copy are called by these. */
  readonly numbers: readonly [old: string, copy: string];
  readonly fixture: string;
  readonly entry: string;
  /** Imported from FreePBX’s tables; the dialplan beside them is what FreePBX makes of these. */
  readonly tables?: true;
  readonly scripts: readonly (readonly string[])[];
}

const lines: readonly Line[] = [
  {
    numbers: ['811', '812'],
    fixture: 'shop',
    entry: 'shop-menu',
    scripts: [['1'], ['2'], ['0'], ['3', '1'], ['7', '7', '7'], ['wait', 'wait', 'wait'], ['7', 'wait', '2']],
  },
  // Whether it is open depends on the clock: on both sides alike.
  { numbers: ['813', '814'], fixture: 'shop', entry: 'incoming', scripts: [['1']] },
  {
    numbers: ['821', '822'],
    fixture: 'practice',
    entry: 'practice',
    scripts: [['1', '1'], ['1', '2'], ['2'], ['3'], ['9'], ['7'], ['wait'], ['1', '7'], ['1', 'wait']],
  },
  {
    numbers: ['831', '832'],
    fixture: 'office',
    entry: 'office',
    scripts: [['1'], ['0'], ['7', '1'], ['wait', '0']],
  },
  {
    numbers: ['841', '842'],
    fixture: 'freepbx-clinic',
    entry: 'ivr-1',
    tables: true,
    scripts: [
      ['2'],
      ['0'],
      ['1', '1'],
      ['1', '2'],
      ['3', '2'],
      ['7', '7', '7'],
      ['1', '7', '2'],
      ['wait', 'wait', 'wait'],
    ],
  },
  {
    numbers: ['851', '852'],
    fixture: 'freepbx-dealer',
    entry: 'ivr-7',
    tables: true,
    scripts: [['1'], ['2'], ['9', '1'], ['7', '2'], ['7', '9', '7', '1']],
  },
  {
    numbers: ['861', '862'],
    fixture: 'freepbx-town',
    entry: 'ivr-1',
    tables: true,
    scripts: [['2'], ['0'], ['1', '1'], ['7', '7'], ['7', '2'], ['1', '7', '7']],
  },
];

describe('an imported menu', () => {
  let dir: string;
  let pbx: PrivatePbx;
  let log: GrowingLog;
  let callers = 0;
  let free = AT_ONCE;
  const waiting: (() => void)[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'handrail-import-'));
    pbx = await startBarePbx(dir);
    log = new GrowingLog(join(dir, 'pbx/log/full'), /asked|handrail-ask|reached/);
    const olds = [...new Set(lines.map(({ fixture }) => fixture))]
      .map((name) => tellingWhenAsked(apart(name, read(`${name}.conf`))))
      .join('\n');
    const entries = lines.map(
      ({ numbers: [old, copy], entry, fixture }) =>
        `exten => ${old},1,Goto(${apart(fixture, entry)},s,1)\nexten => ${copy},1,Goto(imported-${old},s,1)`,
    );
    writeFileSync(join(dir, 'old.conf'), `${olds}\n${people}\n[from-handrail-callers](+)\n${entries.join('\n')}\n`);
    const includes = lines.map(({ numbers: [old] }) => `#tryinclude "${dir}/imported-${old}.conf"`);
    appendFileSync(join(dir, 'pbx/etc/extensions.conf'), `\n${includes.join('\n')}\n#include "${dir}/old.conf"\n`);
    for (const line of lines) await publish(line);
  });

  afterAll(async () => {
    await pbx.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test.concurrent.each(lines)(
    '$fixture from $entry: the same keys reach the same person',
    async ({ numbers, scripts }) => {
      const found = await Promise.all(
        scripts.flatMap((script) => numbers.map((number) => inTurn(() => reached(number, script)))),
      );
      const pairs = scripts.map((script, i) => ({ script, old: found[2 * i] ?? [], copy: found[2 * i + 1] ?? [] }));
      // The old menu may let several telephones ring; the flow calls one of them.
      for (const { script, old, copy } of pairs) {
        expect(old, script.join(' ')).toEqual(expect.arrayContaining([...copy]));
        expect(copy.length, script.join(' ')).toBe(Math.min(1, old.length));
      }
      // Else two menus that are both dead would pass.
      if (numbers[0] !== '813') expect(pairs.every(({ copy }) => copy.length === 1)).toBe(true);
    },
  );

  async function publish({ fixture, entry, numbers: [old], tables }: Line): Promise<void> {
    const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const [file, from] = tables ? [`${fixture}.json`, `${entry},s,1`] : [`${fixture}.conf`, entry];
    const { flow } = importMenu(read(file), { flowId: 'line', timezone }, from);
    await publishDialplan({
      flow,
      dialplan: {
        app: 'handrail',
        context: `imported-${old}`,
        soundDir: join(dir, 'sounds'),
        messageDir: join(dir, 'messages'),
        agentEndpoint: 'Local/{to}@people',
        trace: true,
      },
      // 20 ms: what is said does not matter here.
      prompts: { render: () => Promise.resolve({ samples: new Int16Array(160) }) },
      confFile: join(dir, `imported-${old}.conf`),
      reload: () => pbx.cli('dialplan reload'),
      show: (context) => pbx.cli(`dialplan show ${context}`),
    });
  }

  /** Waits until one of the lines is free. */
  async function inTurn<T>(call: () => Promise<T>): Promise<T> {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await call();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  }

  /** Whom a call with these keys reaches; empty: nobody. */
  async function reached(number: string, script: readonly string[]): Promise<readonly string[]> {
    const callerId = `76${String(++callers).padStart(3, '0')}`;
    const call = await SipCaller.place({
      host: pbx.sipHost,
      port: pbx.sipPort,
      extension: number,
      callerId,
      clock: systemClock,
    });
    let over = false;
    void call.ended.then(() => (over = true));
    const asked = new RegExp(`(?:asked|handrail-ask) ${callerId}\\b`, 'g');
    const person = new RegExp(`reached ${callerId} (\\d+)`, 'g');
    const people = (): string[] => [...log.text.matchAll(person)].map(([, extension]) => extension ?? '');
    for (const [i, key] of script.entries()) {
      // Each answer belongs to one question, on both sides.
      await until(ASKED_WITHIN_MS, () => ([...log.text.matchAll(asked)].length > i || over ? true : undefined));
      if (key !== 'wait' && !over) await call.dtmf(key);
    }
    await until(ASKED_WITHIN_MS, () => (people().length > 0 || over ? true : undefined));
    // Several telephones ring one after the other.
    await sleep(systemClock, RINGING_MS);
    await call.hangup();
    return people();
  }
});

function read(file: string): string {
  return readFileSync(join(projectRoot, 'src/flow/import/fixtures', file), 'utf8');
}

/** Two FreePBX have the same names for what they make: here each has its own. */
function apart(fixture: string, dialplan: string): string {
  return fixture.startsWith('freepbx-') ? dialplan.replace(/\b(ivr|app-announcement)-/g, `${fixture}-$1-`) : dialplan;
}

/** The old menu says in the log when it waits for keys; nothing else of it is touched. */
function tellingWhenAsked(dialplan: string): string {
  const tell = 'Log(NOTICE,asked ${CALLERID(num)})';
  return dialplan
    .replace(/^( same => n),(WaitExten\(.*)$/gm, `$1,${tell}\n$1,$2`)
    .replace(/^(exten => s),(\d),(WaitExten\(.*)$/gm, `$1,$2,${tell}\n$1,n,$3`);
}

const people = `
[from-did-direct]
exten => _XXX,1,Goto(people,\${EXTEN},1)
[ext-queues](from-did-direct)
[ext-group](from-did-direct)
[app-blackhole]
exten => hangup,1,Hangup()

[people]
exten => _X.,1,Log(NOTICE,reached \${CALLERID(num)} \${EXTEN})
 same => n,Answer()
 same => n,Wait(1)
 same => n,Hangup()
`;
