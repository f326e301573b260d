import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import * as Schema from 'typebox/schema';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema, settings } from '../../src/config/schema.js';
import { projectRoot } from '../../src/kernel/paths.js';
import { version } from '../../src/version.js';
import { environmentOf, lastOf, parseDockerfile, wholeStage } from './dockerfile.js';

const read = (name: string): string => readFileSync(join(projectRoot, 'docker', name), 'utf8');

const Probe = Type.Union([
  Type.Object({ disable: Type.Literal(true) }, { additionalProperties: false }),
  Type.Object({
    test: Type.Array(Type.String(), { minItems: 2 }),
    interval: Type.String(),
    timeout: Type.String(),
    retries: Type.Integer({ minimum: 1 }),
    start_period: Type.String(),
  }),
]);

/** What every service of ours must have. */
const Service = Type.Object({
  image: Type.String({ pattern: `^handrail(-trial)?:${version.replaceAll('.', '\\.')}$` }),
  user: Type.String({ pattern: '^[1-9]\\d{3,}:[1-9]\\d{3,}$' }),
  read_only: Type.Literal(true),
  cap_drop: Type.Tuple([Type.Literal('ALL')]),
  security_opt: Type.Tuple([Type.Literal('no-new-privileges:true')]),
  init: Type.Literal(true),
  healthcheck: Probe,
});

const composeSpec = JSON.parse(
  readFileSync(join(projectRoot, 'test/support/compose-spec.json'), 'utf8'),
) as Schema.XSchemaObject;

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly command?: readonly string[];
        readonly environment?: Readonly<Record<string, string>>;
        readonly privileged?: boolean;
      }
    >
  >;
}

const compose = (name: string): Compose => parse(read(name), { merge: true }) as Compose;

describe.each(['compose.yaml', 'compose.existing.yaml', 'compose.gpu.yaml'])('docker/%s', (name) => {
  it('is what the Compose Specification allows', () => {
    expect(Schema.Errors(composeSpec, compose(name))).toEqual([true, []]);
  });
});

it('a slip in a compose file would be seen', () => {
  const [service] = Object.values(compose('compose.yaml').services);
  expect(Schema.Check(composeSpec, { services: { handrail: { ...service, read_onli: true } } })).toBe(false);
});

describe('docker/compose.yaml', () => {
  it('is `npm start` in a container: the same command, and no setting of its own', () => {
    const { handrail } = compose('compose.yaml').services;
    expect(handrail?.command).toEqual(['start']);
    expect(handrail?.environment).toBeUndefined();
    const image = wholeStage(parseDockerfile(read('Dockerfile')), 'trial');
    expect(JSON.parse(lastOf(image, 'CMD'))).toEqual(['start']);
    const told = Object.keys(environmentOf(image)).filter((variable) =>
      settings.some((one) => one.variable === variable),
    );
    // Containers are read by their standard output; the file is written as well.
    expect(told).toEqual(['HANDRAIL_LOG_OUTPUT']);
  });
});

describe.each(['compose.yaml', 'compose.existing.yaml'])('docker/%s', (name) => {
  it.each(Object.entries(compose(name).services))('%s is closed, pinned and watched', (_, service) => {
    expect(
      [...Value.Errors(Service, service)].map(({ instancePath, message }) => `${instancePath} ${message}`),
    ).toEqual([]);
    expect(service.privileged).toBeUndefined();
  });

  it('sets only what is a setting', () => {
    const known = settings.flatMap(({ variable }) => [variable, `${variable}_FILE`]);
    for (const { environment = {} } of Object.values(compose(name).services))
      for (const variable of Object.keys(environment)) expect(known).toContain(variable);
  });
});

describe('docker/compose.gpu.yaml', () => {
  it('sets engines outside, each by a setting with a legal value', () => {
    const [[name, { environment = {} }] = ['', {}]] = Object.entries(compose('compose.gpu.yaml').services);
    expect(name).toBe('handrail');
    const variables = Object.keys(environment);
    for (const variable of variables) expect(settings.map((setting) => setting.variable)).toContain(variable);
    expect(Value.Check(configSchema.properties.stt.properties.engine, environment['HANDRAIL_STT_ENGINE'])).toBe(true);
    expect(Value.Check(configSchema.properties.llm.properties.engine, environment['HANDRAIL_LLM_ENGINE'])).toBe(true);
    expect(environment['HANDRAIL_STT_URL']).toMatch(/^\$\{HANDRAIL_STT_URL:\?/);
  });
});

describe('docker/Dockerfile', () => {
  const stages = parseDockerfile(read('Dockerfile'));

  it('stands on exact versions, each by its digest', () => {
    const own = stages.map(({ name }) => name);
    for (const { base } of stages.filter((stage) => !own.includes(stage.base)))
      expect(base).toMatch(/^[a-z/]+:\d+\.\d+\.\d+-[a-z-]+@sha256:[0-9a-f]{64}$/);
  });

  it.each(['runtime', 'trial'])('%s runs as nobody, is watched, and has no weights in it', (name) => {
    const instructions = wholeStage(stages, name);
    expect(lastOf(instructions, 'USER')).toMatch(/^[1-9]\d{3,}:[1-9]\d{3,}$/);
    expect(lastOf(instructions, 'HEALTHCHECK')).toContain('docker/healthcheck.mjs');
    expect(environmentOf(instructions)['HANDRAIL_HOME']).toBe('/var/lib/handrail');
    const copied = instructions.filter((instruction) => instruction.name === 'COPY').map(({ rest }) => rest);
    expect(copied.length).toBeGreaterThan(5);
    // `models` is the manifest; the weights lie in .handrail/models.
    for (const rest of copied) expect(rest).not.toMatch(/\.handrail\/models|(^|\s)\.(\s|$)/);
    for (const rest of copied) expect(rest).toMatch(/^--from=/);
  });
});
