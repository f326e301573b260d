/**
 * The arrows between rooms (docs: the design). They point inwards: to the kernel, to ports, to the flow; adapters are
 * known only where everything is wired.
 */
const ports = [
  '^src/(ari/port|externalmedia/port|local-models/ports|dialog/ports|observability/turn-record)\\.ts$',
  // names and shapes that both sides of a port share
  '^src/(ari/ids|externalmedia/shared-pcm)\\.ts$',
];
const adapters = '^src/(ari|externalmedia|local-models|store|tools|admin|sip-caller|config|cli)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or lack a third.',
      severity: 'error',
      from: {},
      // A type may point back: nothing of it is left when the program runs.
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'kernel-knows-no-room',
      severity: 'error',
      from: { path: '^src/kernel/' },
      to: { path: '^src/(?!kernel/)' },
    },
    {
      name: 'logic-knows-ports-only',
      comment: 'What the dialog, the flow and the keypad need is an interface; how it is done is an adapter.',
      severity: 'error',
      from: { path: '^src/(dialog|flow|fallback-ivr)/', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: { path: adapters, pathNot: ports },
    },
    {
      name: 'flow-knows-no-room',
      comment: 'The flow schema is shared by editor, API, interpreter and compiler.',
      severity: 'error',
      from: { path: '^src/flow/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(?!flow/|kernel/)' },
    },
    {
      name: 'adapters-do-not-know-each-other',
      severity: 'error',
      from: { path: '^src/(ari|externalmedia|local-models|store|tools)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^src/(ari|externalmedia|local-models|store|tools|dialog|fallback-ivr|admin|cli|sip-caller)/',
        pathNot: [...ports, '^src/$1/'],
      },
    },
    {
      name: 'only-the-root-wires',
      comment: 'Only src/main.ts, the commands and the bench know all rooms.',
      severity: 'error',
      from: { path: '^src/(?!main\\.ts|cli/|compose/)' },
      to: { path: '^src/(main\\.ts|cli/)' },
    },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      from: { path: '^(src|bench)/', pathNot: '\\.test\\.ts$' },
      to: { path: '(\\.test\\.ts$|^test/)' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
  },
};
