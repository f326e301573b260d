import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.js';
import { configReference } from './reference.js';
import { settings, variableName } from './schema.js';

describe('configReference', () => {
  it('names every setting with its variable', () => {
    const page = configReference();
    for (const { key, variable } of settings) expect(page).toContain(`| \`${key}\` | \`${variable}\` |`);
    expect(page).toContain(
      '| `port` | `HANDRAIL_ADMIN_PORT` | `8080` | whole number from 0 to 65535 | Port to listen on (TCP). |',
    );
  });

  it('gives every setting a description and a variable of its own', () => {
    for (const { schema } of settings) expect(schema.description).toBeTruthy();
    expect(new Set(settings.map(({ variable }) => variable)).size).toBe(settings.length);
    expect(variableName('llm', 'apiKey')).toBe('HANDRAIL_LLM_API_KEY');
  });
});

describe('nearest', () => {
  it('suggests what is close, and nothing for what is far', () => {
    expect(nearest('prot', ['port', 'host'])).toBe('port');
    expect(nearest('Engine', ['engine'])).toBe('engine');
    expect(nearest('colour', ['port', 'host'])).toBeUndefined();
  });
});
