import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { MachineProbe, describeMachine } from '../../bench/machine.js';
import { HandrailError } from '../../src/kernel/errors.js';
import { faults } from './faults.js';
import { tableHead, tableRow, type FaultResult } from './judge.js';
import { withouts } from './without.js';
import { runRow, Worlds } from './row.js';

/** Set by scripts/chaos.mjs from the command line. */
const { HANDRAIL_CHAOS_ONLY: only, HANDRAIL_CHAOS_CALLS: calls = '10', HANDRAIL_CHAOS_JSON: json } = process.env;

/** A few show it; many would only show it slower. */
const WITHOUT_CALLS = 4;

const results: FaultResult[] = [];
const worlds = new Worlds();
const probe = new MachineProbe();
const isWanted = (name: string): boolean => only === undefined || only.split(',').some((part) => name.includes(part));
const wanted = faults.filter(({ name }) => isWanted(name));
const withoutWanted = withouts.filter(({ name }) => isWanted(name));

afterAll(async () => {
  await worlds.close();
  const machine = probe.record(0);
  console.log([tableHead(), ...results.map(tableRow), describeMachine(machine)].join('\n'));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine, faults: results }, undefined, 2)}\n`);
});

describe('the broken world', () => {
  it('has the fault that was asked for', () => expect(wanted.length + withoutWanted.length).toBeGreaterThan(0));

  it.each(wanted)('$name', async (fault) => {
    try {
      const result = await runRow(await worlds.of(fault), fault, Number(calls));
      results.push(result);
      console.log(`${tableRow(result)}${result.complaints.map((one) => `\n    ${one}`).join('')}`);
      expect(result.complaints).toEqual([]);
    } catch (error) {
      await worlds.close();
      throw error;
    }
  });
});

describe.runIf(withoutWanted.length > 0)('without a mechanism', () => {
  it.each(withoutWanted)('$name, the row fails', async (fault) => {
    try {
      const result = await runRow(await worlds.of(fault), fault, WITHOUT_CALLS);
      console.log(`${tableRow(result)} (as it must be)`);
      expect(result.ok).toBe(false);
      expect(result.silenceMsMax).toBeGreaterThan(fault.boundMs);
    } catch (error) {
      // Without the menu of the dialplan nobody answers at all.
      if (!(error instanceof HandrailError && error.code === 'HR_CALL_FAILED')) throw error;
      expect(fault.world).toBe('no-dialplan');
    } finally {
      await fault.heal?.(await worlds.of(fault));
      await worlds.close();
    }
  });
});
