import type { KitSettings } from './settings.js';
import { textOf } from './settings.js';

/** The texts of the files that the kit brings. They are the operator's to read before anything is written. */

const head = '; Written by `npx handrail install --pbx`; `npx handrail uninstall --pbx` takes it away again.\n';

export const contexts = {
  line: 'handrail-line',
  keypad: 'handrail-keypad',
  agents: 'handrail-agents',
  service: 'handrail-service',
} as const;

/** @param enable ARI is switched off and must be switched on */
export function ariConf({ ariUser, ariPassword }: KitSettings, enable: boolean): string {
  return `${head}${enable ? '[general](+)\nenabled = yes\n\n' : ''}[${ariUser}]
type = user
read_only = no
password = ${ariPassword}
password_format = plain
`;
}

/**
 * HTTP, which ARI needs, on this machine only.
 *
 * @param section how `[general]` is opened: `[general](+)` adds to one that is there
 * @param given settings of it that stand in the file already, and stay
 */
export function httpConf(section: string, given: ReadonlySet<string>): string {
  const wanted = { enabled: 'yes', bindaddr: '127.0.0.1', bindport: '8088' };
  const lines = Object.entries(wanted).filter(([key]) => key === 'enabled' || !given.has(key));
  return `${head}${section}\n${lines.map(([key, value]) => `${key} = ${value}\n`).join('')}`;
}

export function modulesConf(modules: readonly string[]): string {
  return `${head}[modules](+)\n${modules.map((name) => `load = ${name}.so\n`).join('')}`;
}

/** For people, as they stand in modules.conf. */
export function moduleLines(key: 'load' | 'noload', modules: readonly string[]): string {
  return modules.map((name) => `\`${key} = ${name}.so\``).join(', ');
}

export function extensionsConf(settings: KitSettings): string {
  const { app, menu, agents, dialplanDir } = settings;
  const person = agents === undefined ? 'Dial(PJSIP/${EXTEN},25)' : `Goto(${agents},\${EXTEN},1)`;
  return `${head}
[${contexts.line}]
; Send callers to ${contexts.line},s,1 where you sent them to your menu. Nothing is answered here: who takes the call
; answers it, so nobody is kept in silence.
exten => s,1,Set(HANDRAIL_RESULT=)
 same => n,Stasis(${app})
; FAILED: no controller is connected. SUCCESS without "done": it gave the call back, or died and the lifeline did.
 same => n,GotoIf($["\${STASISSTATUS}" = "SUCCESS" & "\${HANDRAIL_RESULT}" = "done"]?bye)
 same => n,Goto(${contexts.keypad},s,1)
 same => n(bye),Hangup()
exten => _[0-9+].,1,Goto(s,1)

[${contexts.keypad}]
; The keypad copy of the published flow, where there is one; else the menu that you had.
exten => s,1,Answer()
 same => n,GotoIf($[\${DIALPLAN_EXISTS(handrail-flow,s,1)}]?handrail-flow,s,1)
 same => n,Goto(${textOf(menu)})

[${contexts.agents}]
; The people whom a flow transfers to. This context is the fence: allow only what callers may reach.
exten => _X,1,${person}
exten => _X.,1,${person}

[${contexts.service}]
; The line's own service, behind a PIN (service.pin): record a prompt, open or close the line, keypad only. Include this
; context where your own phones are, or send them to s; callers from outside need not reach it.
exten => s,1,Stasis(${app},service)
 same => n,ExecIf($["\${STASISSTATUS}" = "FAILED"]?Playback(im-sorry))
 same => n,Hangup()
exten => *77,1,Goto(s,1)

#tryinclude "${dialplanDir}/handrail-flow.conf"
`;
}
