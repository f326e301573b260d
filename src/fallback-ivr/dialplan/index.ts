export { compileDialplan } from './compile.js';
export { overrideVariable } from './options.js';
export type { CompiledDialplan, DialplanOptions, DialplanSound } from './options.js';
export { publishDialplan, type PromptSource, type PublishOptions, type PublishReport } from './publish.js';
