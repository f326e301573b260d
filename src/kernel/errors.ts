/**
 * The one catalogue of errors. Each code has a cause in plain words and what to do about it; API, CLI, logs and
 * docs/reference/errors.md use the same texts (a test holds the page against this table).
 */
export const errorCatalogue = {
  HR_CONFIG_INVALID: {
    what: 'The configuration has a mistake.',
    mend: 'Correct the named setting; docs/reference/configuration.md lists the legal values.',
  },
  HR_CONFIG_UNREADABLE: {
    what: 'The configuration file cannot be read.',
    mend: 'Check that the file exists, is JSON, and may be read by this user.',
  },
  HR_TLS_FILES: {
    what: 'Certificate or key of the admin page cannot be used.',
    mend: 'Check admin.certFile and admin.keyFile: two PEM files that belong together and that this user may read.',
  },
  HR_FLOW_INVALID: {
    what: 'The flow has a mistake.',
    mend: 'Correct the named node; `npx handrail flow lint FILE` lists every finding.',
  },
  HR_MCP_SERVERS: {
    what: 'The file of MCP servers cannot be used.',
    mend: 'Correct the named place of tools.mcpFile; docs/guides/tools.md shows the form.',
  },
  HR_FLOW_CONFLICT: {
    what: 'Somebody else works on this flow.',
    mend: 'Load the present state, look at what is different, and save or publish again.',
  },
  HR_FLOW_VERSION: {
    what: 'There is no such version.',
    mend: 'The list of versions tells which there are: `npx handrail flow versions`.',
  },
  HR_SCENARIO: {
    what: 'The scenarios cannot be read.',
    mend: 'Correct the named place; docs/guides/testing-flows.md shows the form.',
  },
  HR_IMPORT: {
    what: 'There is nothing that could be imported.',
    mend: 'Give a dialplan with Background() and WaitExten(), or FreePBX’s tables as JSON; of a directory a CSV with name and extension. docs/guides/importing.md shows them.',
  },
  HR_CALIBRATION: {
    what: 'The confidence model cannot be used.',
    mend: 'Fit it anew with `npx handrail calibrate`, or take stt.calibration out of the configuration.',
  },
  HR_ARI_AUTH: {
    what: 'Asterisk refused the ARI user or password.',
    mend: 'Compare ari.user and HANDRAIL_ARI_PASSWORD with ari.conf on the PBX.',
  },
  HR_ARI_UNREACHABLE: {
    what: 'Asterisk’s ARI cannot be reached.',
    mend: 'Check that Asterisk runs and that http.conf binds the address in ari.url.',
  },
  HR_ARI_CERTIFICATE: {
    what: 'Asterisk’s certificate is not trusted.',
    mend: 'Name the file of its issuer in ari.caFile, and the host in ari.url as the certificate does.',
  },
  HR_ARI_REQUEST: {
    what: 'Asterisk refused a request.',
    mend: 'The status and Asterisk’s own words stand in the details; `npx handrail doctor` checks the usual causes.',
  },
  HR_ARI_TIMEOUT: {
    what: 'Asterisk did not answer a request in time.',
    mend: 'Look at the load of the PBX; the call was sent to the dialplan.',
  },
  HR_APP_TAKEN: {
    what: 'Another controller serves this ARI application.',
    mend: 'Stop the other controller, or give this one another ari.app.',
  },
  HR_PORT_IN_USE: {
    what: 'A port is in use.',
    mend: 'Stop the program that holds it, or set another port in the configuration.',
  },
  HR_DISK_FULL: {
    what: 'The disk is full.',
    mend: 'Free some space under the data folder; downloads resume where they stopped.',
  },
  HR_WEIGHT_HASH: {
    what: 'A model file is not what its manifest says.',
    mend: 'Run `npx handrail models fetch` again; if it stays wrong, the source was changed.',
  },
  HR_WEIGHT_MISSING: {
    what: 'A model file is missing and no source delivered it.',
    mend: 'Run `npx handrail models fetch`, or `models import DIR` on a machine without internet.',
  },
  HR_SETUP_FAILED: {
    what: 'A set-up step failed.',
    mend: 'The step’s own output stands above; mend the cause and run the command again, finished steps are kept.',
  },
  HR_PBX_FAILED: {
    what: 'The private Asterisk did not start.',
    mend: 'Its last log lines stand above.',
  },
  HR_WAV_INVALID: {
    what: 'The sound file cannot be used.',
    mend: 'Give a WAV with 8, 16, 22.05, 44.1 or 48 kHz: 16-bit PCM, G.711 mu-law or A-law. Prompts may be AIFF, FLAC, Ogg, MP3 or M4A where ffmpeg is installed.',
  },
  HR_CALL_FAILED: {
    what: 'The test call did not come up.',
    mend: 'The SIP status stands in the details; `npx handrail doctor` checks the way to the PBX.',
  },
  HR_ENGINE_DOWN: {
    what: 'An engine is not running.',
    mend: 'Calls go on with the keypad; the supervisor restarts the engine; its last words are in the log.',
  },
  HR_ENGINE_DEADLINE: {
    what: 'An engine did not answer within its deadline.',
    mend: 'The turn fell back; look at load, or give the engine more cores.',
  },
  HR_ENGINE_BUSY: {
    what: 'Too many requests wait for an engine.',
    mend: 'The turn fell back; give the engine more workers or cores, or admit fewer AI calls.',
  },
  HR_ENGINE_FAILED: {
    what: 'An engine answered with an error.',
    mend: 'The engine’s own words stand in the details.',
  },
  HR_MEDIA_FAILED: {
    what: 'A call’s audio cannot be carried.',
    mend: 'Check the address in media.host; the call goes on in the dialplan.',
  },
  HR_MEDIA_FULL: {
    what: 'No media thread has room for another call.',
    mend: 'Raise media.threads, on a machine with processors to spare, or media.callsPerThread; the call goes on in the dialplan.',
  },
  HR_CANCELLED: {
    what: 'The work was cancelled because nobody needs it any more.',
    mend: 'Nothing to do.',
  },
  HR_CALL_GONE: {
    what: 'The caller hung up.',
    mend: 'Nothing to do.',
  },
  HR_STORE_FAILED: {
    what: 'The database refused a write or read.',
    mend: 'Calls go on; check disk space and rights of the data folder.',
  },
  HR_DIALPLAN_FAILED: {
    what: 'The dialplan copy of the flow could not be published.',
    mend: 'The copy of before stays in force; look at Asterisk’s log and at the rights of the dialplan folder.',
  },
  HR_PBX_KIT: {
    what: 'Asterisk’s configuration was not changed as planned.',
    mend: 'See the reason in the details; `npx handrail uninstall --pbx` takes back what was written.',
  },
  HR_LOGIN_FAILED: {
    what: 'Name or password is wrong.',
    mend: 'Try again, or let an admin make a new link: `npx handrail user invite NAME`.',
  },
  HR_LOGIN_LOCKED: {
    what: 'Too many wrong passwords for this name.',
    mend: 'Wait, then try again; the time doubles with each further failure.',
  },
  HR_SIGN_ON_FAILED: {
    what: 'The identity provider’s answer to a login is not to be trusted.',
    mend: 'Begin the login again; if it fails again, compare clock, `oidc.clientId`, secret and `oidc.redirectUrl` with the provider.',
  },
  HR_SIGN_ON_REFUSED: {
    what: 'Who was sent by the identity provider may not come in.',
    mend: 'Give the user a group of `oidc.roles` there, or remove the user of the same name here: see the audit log.',
  },
  HR_SIGN_ON_UNREACHABLE: {
    what: 'The identity provider cannot be reached.',
    mend: 'Log in by password; check `oidc.issuer`, and whether the controller reaches it.',
  },
  HR_INVITATION: {
    what: 'This link was used, or has run out.',
    mend: 'Let an admin make a new one; before the first login, start Handrail again: it prints one.',
  },
  HR_NAME_TAKEN: {
    what: 'There is one of this name already.',
    mend: 'Choose another name.',
  },
  HR_LAST_ADMIN: {
    what: 'This is the last admin.',
    mend: 'Make somebody else an admin first, and let them set their password.',
  },
  HR_NOT_ALLOWED: {
    what: 'This is not allowed.',
    mend: 'Log in, use an API token with the named scope, or ask an admin for another role.',
  },
  HR_NOT_THERE: {
    what: 'There is no such thing.',
    mend: 'Look at the list again; somebody may have removed it.',
  },
  HR_AUDIT_BROKEN: {
    what: 'The audit log was changed.',
    mend: 'Compare with a backup; entries from the named one on cannot be trusted.',
  },
  HR_NOT_RUNNING: {
    what: 'No controller answers.',
    mend: 'Start Handrail, or name it: --url URL, with an API token in HANDRAIL_TOKEN.',
  },
  HR_BUNDLE: {
    what: 'The bundle cannot be made, installed or left.',
    mend: 'See the reason; whatever ran before runs on, nothing was switched.',
  },
  HR_BACKUP: {
    what: 'The backup cannot be made or restored.',
    mend: 'See the reason; nothing that was there has been overwritten.',
  },
  HR_SUPPORT: {
    what: 'The archive for support cannot be written.',
    mend: 'See the reason; name another place with --out.',
  },
  HR_USAGE: {
    what: 'The command was not understood.',
    mend: 'Run `npx handrail help`.',
  },
} as const satisfies Record<string, { what: string; mend: string }>;

export type ErrorCode = keyof typeof errorCatalogue;

/** An error that tells its code, what happened, where, and what to do. */
export class HandrailError extends Error {
  override readonly name = 'HandrailError';
  /** What to do about it, in one sentence. */
  readonly mend: string;

  /** @param where the file, setting, node, address or call that it is about, with the details in plain words */
  constructor(
    readonly code: ErrorCode,
    readonly where: string,
    options?: { cause?: unknown },
  ) {
    super(`${errorCatalogue[code].what} ${where}`.trimEnd(), options);
    this.mend = errorCatalogue[code].mend;
  }
}

/** One line for people: code, what, where, what to do. */
export function explain(error: unknown): string {
  if (error instanceof HandrailError) return `${error.code}: ${error.message} — ${error.mend}`;
  return error instanceof Error ? error.message : String(error);
}
