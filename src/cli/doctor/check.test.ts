import { describe, expect, it } from 'vitest';
import { HandrailError } from '../../kernel/errors.js';
import { describeFinding, ok, problem, runChecks, warning, type Check } from './check.js';

describe('checks', () => {
  it('are one line each: sign, name, what was found, what to do', () => {
    expect(describeFinding('Node', ok('20.11.0'))).toBe('✓ Node               20.11.0');
    expect(describeFinding('disk', warning('little\n  space', 'Free some.'))).toBe(
      '! disk               little; space → Free some.',
    );
    expect(describeFinding('ports', problem('taken', 'Stop it.'))).toBe('✗ ports              taken → Stop it.');
  });

  it('count problems; a check that throws has found one, and the others run on', async () => {
    const lines: string[] = [];
    const checks: Check<string>[] = [
      { name: 'a', look: (context) => ok(context) },
      { name: 'b', look: () => warning('w', 'm') },
      { name: 'c', look: () => Promise.reject(new HandrailError('HR_ARI_AUTH', 'user “x”')) },
      { name: 'd', look: () => problem('p', 'm') },
      {
        name: 'e',
        look: () => Promise.reject(new HandrailError('HR_ARI_CERTIFICATE', 'https://pbx: CERT_HAS_EXPIRED')),
      },
    ];
    expect(await runChecks(checks, 'context', (line) => lines.push(line))).toBe(3);
    expect(lines).toHaveLength(5);
    expect(lines[4]).toMatch(/^✗ e +HR_ARI_CERTIFICATE: .*CERT_HAS_EXPIRED → .*ari\.caFile/);
    expect(lines[2]).toMatch(/^✗ c +HR_ARI_AUTH: .*user “x” → Compare ari\.user/);
  });

  it('end after the one that runs when they are interrupted', async () => {
    const abort = new AbortController();
    const lines: string[] = [];
    const look = () => {
      abort.abort();
      return ok('looked');
    };
    await runChecks(
      [
        { name: 'a', look },
        { name: 'b', look },
      ],
      '',
      (line) => lines.push(line),
      abort.signal,
    );
    expect(lines).toHaveLength(1);
  });
});
