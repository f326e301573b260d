import { backupUsage } from './backup.js';
import { bundleUsage } from './bundle.js';
import { benchUsage } from './bench.js';
import { calibrateUsage } from './calibrate/command.js';
import { installUsage } from './install.js';
import { auditUsage } from './audit.js';
import { flowUsage } from './flow.js';
import { modelsUsage } from './models.js';
import { supportUsage } from './support-bundle.js';
import { userUsage } from './user.js';
import { rollbackUsage } from './rollback.js';

const text = `Handrail: an AI voice front desk for Asterisk with the keypad always in reach.

npx handrail start                   start everything (set-up is npm start's), stay up until Ctrl-C
npx handrail run                     run the controller alone, beside an Asterisk that is there
npx handrail lifeline                run the lifeline alone: it gives a dead controller's callers to the dialplan
npx handrail call --play FILE.wav    place a test call and tell what was heard
npx handrail doctor                  check this machine and Asterisk, and tell what to do
${flowUsage}

${calibrateUsage}

${userUsage}
${auditUsage}

npx handrail help                    this page

${modelsUsage}

${installUsage}

${bundleUsage}
${rollbackUsage}

${backupUsage}
${supportUsage}
${benchUsage}

\`npm start\` sets up what is missing and then does \`start\`. Settings: docs/reference/configuration.md.`;

export function run(): Promise<number> {
  console.log(text);
  return Promise.resolve(0);
}
