export { loadConfig } from './load.js';
export type { LoadOptions } from './load.js';
export { configReference } from './reference.js';
export type { Config } from './schema.js';
