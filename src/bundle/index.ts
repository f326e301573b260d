export { unpack, usualEnding } from './archive.js';
export { makeBackup } from './backup.js';
export { collect, optionalParts, type OptionalPart } from './collect.js';
export { prefixOf, rollBack } from './installed.js';
export { targetOf, type Manifest } from './manifest.js';
export { restoreBackup } from './restore.js';
export { makeSupportBundle } from './support.js';
export { writeBundle } from './write-bundle.js';
