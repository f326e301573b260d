import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OpenIdSignOn, roleMap, type AdminDeps, type TlsFiles } from './admin/index.js';
import type { Config } from './config/index.js';
import type { DialogSettings } from './dialog/settings.js';
import type { DialplanOptions } from './fallback-ivr/dialplan/index.js';
import { dataDir, projectRoot } from './kernel/paths.js';

/** What each room is told of the configuration. */

export const tapFolders = { recording: join(dataDir, 'recordings'), capture: join(dataDir, 'captures') } as const;

/** Recordings that are played as prompts. */
export const promptFolder = join(dataDir, 'prompts');

export function dialogSettings(config: Config): DialogSettings {
  const { dialog, llm, media, stt, tts } = config;
  return {
    app: config.ari.app,
    media: { transport: media.transport, host: media.host, codec: media.codec },
    turnDeadlineMs: dialog.turnDeadlineMs,
    minEndpointMs: dialog.minEndpointMs,
    breathMs: dialog.breathMs,
    maxEndpointMs: dialog.maxEndpointMs,
    pauseMs: dialog.pauseMs,
    maxUtteranceMs: dialog.maxUtteranceMs,
    bargeInMs: dialog.bargeInMs,
    sttDeadlineMs: stt.deadlineMs,
    ttsDeadlineMs: tts.deadlineMs,
    llmDeadlineMs: llm.deadlineMs,
    llmMaxTokens: llm.maxTokens,
    agentEndpoint: config.ari.agentEndpoint,
    listenInNotice: config.calls.listenInNotice,
    voicemailDir: join(dataDir, 'voicemail'),
    recordCalls: media.record === 'always',
    recordConsented: media.record === 'consent',
    tapFolders,
  };
}

/** The hosts that tool nodes may ask. */
export function toolHosts({ tools }: Config): readonly string[] {
  return tools.hosts?.split(/, */) ?? [];
}

export function adminTls({ admin }: Config): TlsFiles | undefined {
  const { certFile, keyFile } = admin;
  return certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile };
}

/** The way in by an identity provider, where one is configured. */
export function signOn({ oidc }: Config): AdminDeps['signOn'] {
  const { issuer, redirectUrl, roles, ...rest } = oidc;
  if (issuer === undefined || redirectUrl === undefined) return undefined;
  const provider = new OpenIdSignOn({ clientSecret: undefined, ...rest, issuer, redirectUrl });
  return { provider, roles: roleMap(roles) };
}

/** The keypad copy of the flow that Asterisk's dialplan includes, where the configuration says that it can. */
export function dialplanCopy({ ari }: Config): DialplanOptions | undefined {
  return ari.dialplanDir === undefined
    ? undefined
    : {
        app: ari.app,
        context: 'handrail-flow',
        soundDir: join(ari.dialplanDir, 'sounds'),
        messageDir: join(ari.dialplanDir, 'messages'),
        agentEndpoint: ari.agentEndpoint,
      };
}

/** Relative to the working folder if it is there, else to the project. */
export function flowPath(file: string): string {
  return existsSync(file) ? file : join(projectRoot, file);
}
