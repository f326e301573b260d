import { Auditor } from './admin/index.js';
import type { Config } from './config/index.js';
import { PinGuard } from './dialog/pin-guard.js';
import type { ServiceParts } from './dialog/service-call.js';
import type { Admission } from './fallback-ivr/admission.js';
import type { HoursSwitch } from './hours-switch.js';
import type { Clock } from './kernel/clock.js';
import type { Logger } from './kernel/log.js';
import type { PromptRecordings } from './store/prompt-recordings.js';
import type { SqliteStore } from './store/sqlite-store.js';

export interface TelephoneService {
  readonly config: Config;
  readonly store: SqliteStore;
  readonly hours: HoursSwitch;
  readonly admission: Admission;
  readonly prompts: PromptRecordings;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What can be done by telephone, each of it in the audit log under the number that called. */
export function serviceByTelephone(parts: TelephoneService): Pick<ServiceParts, 'pin' | 'switches' | 'keepPrompt'> {
  const { admission, clock, config, hours, log, prompts, store } = parts;
  const auditor = new Auditor(store.audit, clock, log);
  const { pin } = config.service;
  return {
    pin: pin && new PinGuard(pin, clock),
    switches: {
      get hours() {
        return hours.value;
      },
      get keypadOnly() {
        return admission.mode === 'keypad';
      },
      async setHours(to, who) {
        const from = hours.value;
        await hours.set(to);
        await auditor.wrote(who, { action: 'line.hours', subject: 'line', from, to });
      },
      async setKeypadOnly(on, who) {
        const from = admission.mode;
        admission.mode = on ? 'keypad' : 'measured';
        await auditor.wrote(who, { action: 'line.admission', subject: 'line', from, to: admission.mode });
      },
    },
    async keepPrompt(recorded, who) {
      const day = new Date(clock.wallMs()).toISOString().slice(0, 16);
      const { name } = await prompts.add(`recorded ${day}`, recorded);
      await auditor.wrote(who, { action: 'prompt.add', subject: name });
    },
  };
}
