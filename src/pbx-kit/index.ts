export { damageOf } from './damage.js';
export { Installation } from './installation.js';
export { planInstall, type Plan } from './plan.js';
export { placeOf, type KitSettings } from './settings.js';
export { settingOf } from './conf-text.js';
export { contexts, moduleLines } from './files.js';
export { showChange } from './show-change.js';
