import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HandrailError } from '../kernel/errors.js';
import { loadConfig } from './load.js';

let cwd: string;
beforeEach(() => void (cwd = mkdtempSync(join(tmpdir(), 'handrail-config-'))));
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function write(content: unknown, name = 'handrail.config.json'): string {
  const path = join(cwd, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function failure(load: () => unknown): HandrailError {
  try {
    load();
  } catch (error) {
    if (error instanceof HandrailError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('loadConfig', () => {
  it('fills in every default', () => {
    const config = loadConfig({ env: {}, cwd });
    expect(config.ari).toEqual({ user: 'handrail', app: 'handrail', agentEndpoint: 'Local/{to}@handrail-agents' });
    expect(config.admin).toEqual({ host: '127.0.0.1', port: 8080 });
    expect(config.log).toMatchObject({ output: 'file', fileMegabytes: 20, keepFiles: 5 });
    expect(config.store).toEqual({ keepDays: 30, keepWords: true });
    expect(config.dialog.turnDeadlineMs).toBe(1200);
  });

  it('lets the environment win over the file, and reads numbers and booleans from it', () => {
    write({ admin: { port: 9000 }, store: { keepWords: true }, llm: { model: 'from-file' } });
    const config = loadConfig({ env: { HANDRAIL_ADMIN_PORT: '9001', HANDRAIL_STORE_KEEP_WORDS: 'false' }, cwd });
    expect(config.admin.port).toBe(9001);
    expect(config.store.keepWords).toBe(false);
    expect(config.llm.model).toBe('from-file');
  });

  it('takes an empty variable as not set', () => {
    expect(loadConfig({ env: { HANDRAIL_LLM_URL: '', HANDRAIL_ADMIN_PORT: '' }, cwd }).admin.port).toBe(8080);
  });

  it('finds the file by HANDRAIL_CONFIG, and by option before that', () => {
    write({ ari: { app: 'one' } }, 'one.json');
    write({ ari: { app: 'two' } }, 'two.json');
    expect(loadConfig({ env: { HANDRAIL_CONFIG: 'one.json' }, cwd }).ari.app).toBe('one');
    expect(loadConfig({ env: { HANDRAIL_CONFIG: 'one.json' }, file: 'two.json', cwd }).ari.app).toBe('two');
  });

  it('tells a named file that is not there', () => {
    const error = failure(() => loadConfig({ file: 'nowhere.json', env: {}, cwd }));
    expect(error.code).toBe('HR_CONFIG_UNREADABLE');
    expect(error.where).toBe(`${join(cwd, 'nowhere.json')}: no such file`);
  });

  it('tells where a file stops being JSON, without quoting it', () => {
    const path = write('{\n  "ari": {\n    "password": "hunter2"\n    "app": "x"\n  }\n}');
    const error = failure(() => loadConfig({ env: {}, cwd }));
    expect(error.code).toBe('HR_CONFIG_UNREADABLE');
    expect(error.where).toBe(`${path}:4:5: expected a comma or }`);
    expect(inspect(error)).not.toContain('hunter2');
  });

  it('tells all mistakes at once, each in one line with place, finding and legal values', () => {
    const path = write({
      ari: { usr: 'x', url: 'asterisk:8088' },
      sttt: {},
      stt: { engine: 'vosk', workers: 0 },
      admin: [],
      store: { keepDays: 1.5 },
    });
    const env = { HANDRAIL_ADMIN_PORT: 'http', HANDRAIL_LLM_MODLE: 'x', HANDRAIL_SPEECH: '/x' };
    const error = failure(() => loadConfig({ env, cwd }));
    expect(error.code).toBe('HR_CONFIG_INVALID');
    expect(error.where.trim().split('\n  ')).toEqual([
      `${path} /ari/usr: found an unknown setting, did you mean user?; legal: url, user, password, passwordFile, caFile, app, dialplanDir, agentEndpoint`,
      `${path} /sttt: found an unknown section, did you mean stt?; legal: ari, pbx, media, stt, tts, llm, dialog, flow, tools, admin, oidc, delivery, service, lifeline, store, log, traces, calls`,
      `${path} /admin: found a list; legal: an object with settings`,
      'HANDRAIL_LLM_MODLE: found an unknown variable, did you mean HANDRAIL_LLM_MODEL?; docs/reference/configuration.md lists all',
      `${path} /ari/url: found "asterisk:8088"; legal: a URL like http://127.0.0.1:8088`,
      `${path} /stt/engine: found "vosk"; legal: whisper, whisper-server, off`,
      `${path} /stt/workers: found 0; legal: whole number from 1 to 32`,
      'HANDRAIL_ADMIN_PORT: found "http"; legal: whole number from 0 to 65535',
      `${path} /store/keepDays: found 1.5; legal: whole number from 1 to 3650`,
    ]);
  });

  it('tells settings that contradict each other', () => {
    const env = { HANDRAIL_ARI_URL: 'http://pbx:8088', HANDRAIL_LLM_ENGINE: 'openai', HANDRAIL_PBX_RTP_END: '12000' };
    const error = failure(() => loadConfig({ env, cwd }));
    expect(error.where.trim().split('\n  ')).toEqual([
      'ari.password (HANDRAIL_ARI_PASSWORD): found nothing; legal: the password of handrail, because ari.url is set',
      'llm.url (HANDRAIL_LLM_URL): found nothing; legal: the server’s URL, because llm.engine is openai',
      'HANDRAIL_PBX_RTP_END: found 12000; legal: above pbx.rtpStart, which is 12000',
    ]);
  });

  it('tells a language that has two voices', () => {
    const env = { HANDRAIL_TTS_VOICES: 'de-DE=/voices/a.onnx, fr-FR=/voices/b.onnx,de-DE=/voices/c.onnx' };
    expect(failure(() => loadConfig({ env, cwd })).where).toBe(
      'HANDRAIL_TTS_VOICES: found de-DE twice; legal: one voice for each language',
    );
  });

  it('takes an identity provider only with a way back, and over plain http only on this machine', () => {
    const away = failure(() => loadConfig({ env: { HANDRAIL_OIDC_ISSUER: 'http://id.example' }, cwd }));
    expect(away.where.trim().split('\n  ')).toEqual([
      'oidc.redirectUrl (HANDRAIL_OIDC_REDIRECT_URL): found nothing; legal: the page’s URL with /api/session/oidc/callback, because oidc.issuer is set',
      'HANDRAIL_OIDC_ISSUER: found http://id.example; legal: https, but for a provider on this machine',
    ]);
    const env = {
      HANDRAIL_OIDC_ISSUER: 'http://127.0.0.1:9000/x',
      HANDRAIL_OIDC_REDIRECT_URL: 'https://desk.example/x',
    };
    expect(loadConfig({ env, cwd }).oidc.issuer).toBe('http://127.0.0.1:9000/x');
  });

  it('reads secrets from variable, file and secret file, and never prints them', () => {
    write('hunter2\n', 'secret');
    write({ ari: { passwordFile: 'secret' } }, 'by-file.json');
    const loaded = [
      loadConfig({ env: { HANDRAIL_ARI_PASSWORD: 'hunter2' }, cwd }),
      loadConfig({ env: { HANDRAIL_ARI_PASSWORD_FILE: 'secret' }, cwd }),
      loadConfig({ env: {}, file: 'by-file.json', cwd }),
    ];
    for (const config of loaded) {
      expect(config.ari.password?.reveal()).toBe('hunter2');
      expect(`${inspect(config, { depth: 9 })}${JSON.stringify(config)}`).not.toContain('hunter2');
    }
  });

  it('takes a secret from a credential of systemd, after the environment and before the file', () => {
    write('from-systemd\n', 'ari.password');
    const file = write({ ari: { password: 'from-file' } });
    const of = (env: Record<string, string>): string | undefined =>
      loadConfig({ env: { CREDENTIALS_DIRECTORY: cwd, ...env }, file, cwd }).ari.password?.reveal();
    expect(of({})).toBe('from-systemd');
    expect(of({ HANDRAIL_ARI_PASSWORD: 'from-variable' })).toBe('from-variable');
    expect(of({ CREDENTIALS_DIRECTORY: '/nowhere' })).toBe('from-file');
  });

  it('wants certificate and key of the page together', () => {
    const error = failure(() => loadConfig({ env: { HANDRAIL_ADMIN_KEY_FILE: 'key.pem' }, cwd }));
    expect(error.where).toBe(
      'admin.certFile (HANDRAIL_ADMIN_CERT_FILE): found nothing; legal: the path of a file, because admin.keyFile is set',
    );
  });

  it('keeps a wrong secret out of the error line, and tells a secret file that is not there', () => {
    const path = write({ ari: { password: 12345 } });
    const wrong = failure(() => loadConfig({ env: {}, cwd }));
    expect(wrong.where).toBe(
      `${path} /ari/password: found a secret that cannot be used; legal: text that is not empty`,
    );
    const short = failure(() =>
      loadConfig({ env: { HANDRAIL_SERVICE_PIN: '4711' }, file: write({}, 'empty.json'), cwd }),
    );
    expect(short.where).toBe('HANDRAIL_SERVICE_PIN: found a secret that cannot be used; legal: 6 to 16 digits');
    const missing = failure(() => loadConfig({ env: { HANDRAIL_ARI_PASSWORD_FILE: 'gone' }, file: path, cwd }));
    expect(missing.where).toContain(`HANDRAIL_ARI_PASSWORD_FILE: found ${join(cwd, 'gone')}, no such file`);
  });

  it('gives a configuration that nobody can change', () => {
    const config = loadConfig({ env: {}, cwd });
    expect(() => Object.assign(config.admin, { port: 1 })).toThrow(TypeError);
  });
});
