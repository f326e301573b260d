import { configSchema, legalValues, sectionNames, settings } from './schema.js';
import type { Setting } from './schema.js';

/** docs/reference/configuration.md, made from the schema. */
export function configReference(): string {
  const sections = sectionNames.map((name) =>
    [`## ${name}`, '', about(name), '', ...table(settings.filter(({ section }) => section === name))].join('\n'),
  );
  return `${[preamble, ...sections].join('\n\n')}\n`;
}

const preamble = `# Configuration

<!-- Made from src/config/schema.ts by \`npm run docs\`; do not edit. -->

Handrail reads \`handrail.config.json\` in the working folder if it is there, or the file that \`--config\` or
\`HANDRAIL_CONFIG\` names. Every setting can also be given in the environment, which wins:
\`HANDRAIL_<SECTION>_<KEY>\`, with words of the key parted by \`_\` (\`llm.apiKey\` is \`HANDRAIL_LLM_API_KEY\`).
An empty variable counts as not set.

A secret can also be read from a file of its own, so that it stands neither in the configuration nor in the environment:
\`HANDRAIL_ARI_PASSWORD_FILE\`, or \`ari.passwordFile\` in the file, relative to the file. Under systemd a credential of the setting’s name does it too: \`LoadCredential=ari.password:/etc/handrail/ari-password\`.
The environment wins, then the file that it names, the credential, the configuration file. Secrets are never printed.

Asterisk by \`https\` with a certificate of your own issuer: name the issuer’s file in \`ari.caFile\`. That goes for requests, events and
media alike, and for the lifeline. For an engine or a collector, name it in the environment:
\`NODE_EXTRA_CA_CERTS=/etc/handrail/issuer.pem\`.

\`HANDRAIL_HOME\` (default \`.handrail\` in the project) is the folder that set-up fills: Python environment, models, prompts and
the private Asterisk. \`HANDRAIL_DATA\` (default \`data\` in it) is where a running system writes: database, logs and voicemail.

All mistakes are told at once, one line each: where, what was found, and the legal values.`;

function about(section: string): string {
  const properties: Readonly<Record<string, object>> = configSchema.properties;
  const object = properties[section];
  return object && 'description' in object ? String(object.description) : '';
}

function table(group: readonly Setting[]): string[] {
  const rows = group.map(({ key, variable, schema }) => {
    const preset = schema.default === undefined ? '' : `\`${String(schema.default)}\``;
    const legal = schema.secret ? 'secret' : legalValues(schema);
    return `| \`${key}\` | \`${variable}\` | ${preset} | ${legal} | ${schema.description ?? ''} |`;
  });
  return ['| Key | Variable | Default | Legal values | Meaning |', '| --- | --- | --- | --- | --- |', ...rows];
}
