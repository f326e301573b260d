import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { MachineProbe, describeMachine } from '../../bench/machine.js';
import { faults } from './faults.js';
import { tableHead, tableRow, type FaultResult } from './judge.js';
import { runRow, Worlds } from './row.js';

/** Set by scripts/chaos.mjs from the command line. */
const { HANDRAIL_CHAOS_ONLY: only, HANDRAIL_CHAOS_CALLS: calls = '10', HANDRAIL_CHAOS_JSON: json } = process.env;

const results: FaultResult[] = [];
const worlds = new Worlds();
const probe = new MachineProbe();
const wanted = faults.filter(({ name }) => only === undefined || only.split(',').some((part) => name.includes(part)));

afterAll(async () => {
  await worlds.close();
  const machine = probe.record(0);
  console.log([tableHead(), ...results.map(tableRow), describeMachine(machine)].join('\n'));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine, faults: results }, undefined, 2)}\n`);
});

describe('the broken world', () => {
  it('has the fault that was asked for', () => expect(wanted).not.toEqual([]));

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
