import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { createSocket } from 'node:dgram';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnController } from '../src/cli/controller-process.js';
import { freePbxPorts } from '../src/cli/private-pbx.js';
import { startStack } from '../src/cli/stack.js';
import { sleep, systemClock } from '../src/kernel/clock.js';
import { silentLogger } from '../src/kernel/log.js';
import { homeDir } from '../src/kernel/paths.js';
import { loadManifest } from '../src/local-models/model-store-manifest.js';
import { schemaOf } from '../src/store/kept-database.js';
import { SipCaller } from '../src/sip-caller/index.js';
import { expectNothingLeft, until, useLine } from './harness.js';
import { Issuer } from './support/certificates.js';
import { cliScript, handrail, runToEnd, type CliResult } from './support/cli.js';
import { cafeFlow } from './support/flows.js';
import { processesMarked } from './support/processes.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'handrail-bad-days-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every process of a test carries this in its environment, so that one that stays behind is found. */
function mine(): Record<string, string> {
  return { HANDRAIL_DATA: join(folder, 'data') };
}

/** A clear end: the code, what it is about, an exit status that scripts see, no stack trace, and no process behind. */
async function expectFailure({ code, output }: CliResult, error: string, ...words: readonly string[]): Promise<void> {
  expect(output).toContain(`${error}: `);
  for (const word of words) expect(output).toContain(word);
  expect(output).not.toMatch(/^\s+at .*\.js:\d+/m);
  expect(code).toBe(1);
  await until(5_000, () => (processesMarked(folder).length === 0 ? true : undefined));
  expect(processesMarked(folder)).toEqual([]);
}

function written(name: string, content: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

/**
 * The bad days of those who run Handrail, and where each has its test:
 *
 * - half-copied bundle, wrong architecture, flipped bit, full disk in the middle of an upgrade, upgrade that loses its power:
 *   src/bundle/install.test.ts, against the real install.sh
 * - older database than supported, configuration of a newer version, port taken, full disk at set-up, Asterisk by TLS: here
 * - FreePBX that rewrites its files, an Asterisk with a changed modules.conf: test/pbx-kit.test.ts
 * - clock wrong by a year: src/store/clock-doubt.test.ts, src/cli/doctor/machine-judgement.test.ts
 */
describe('before anything is started', () => {
  it('an unknown setting is named, with the one that was probably meant', async () => {
    const config = written('config.json', JSON.stringify({ ari: { pasword: 'x' } }));
    await expectFailure(
      await handrail(['run', '--config', config], mine()),
      'HR_CONFIG_INVALID',
      '/ari/pasword',
      'password',
    );
  });

  it('a configuration of a newer version is refused, setting by setting', async () => {
    const ours = { admin: { port: 8080 } };
    const newer = { ...ours, holograms: { enabled: true }, ari: { teleport: 'yes' } };
    const config = written('newer.json', JSON.stringify(newer));
    const { code, output } = await handrail(['run', '--config', config], mine());
    await expectFailure({ code, output }, 'HR_CONFIG_INVALID', '/holograms', 'unknown section', '/ari/teleport');
  });

  it('a database of a newer version is left as it is, and told', async () => {
    const dataDir = join(folder, 'newer-data');
    mkdirSync(dataDir);
    const database = new BetterSqlite3(join(dataDir, 'handrail.sqlite'));
    database.exec(
      `CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT; INSERT INTO schema_version VALUES (999)`,
    );
    database.close();
    const env = {
      HANDRAIL_DATA: dataDir,
      HANDRAIL_ARI_URL: 'http://127.0.0.1:9',
      HANDRAIL_ARI_PASSWORD: 'not-asked-for',
    };
    await expectFailure(await handrail(['run'], env), 'HR_STORE_FAILED', '999');
    expect(schemaOf(join(dataDir, 'handrail.sqlite'))).toBe(999);
  });

  it('a database older than any that can be migrated is left as it is, and told', async () => {
    const dataDir = join(folder, 'older-data');
    mkdirSync(dataDir);
    const file = join(dataDir, 'handrail.sqlite');
    const database = new BetterSqlite3(file);
    database.exec('CREATE TABLE calls (id TEXT)');
    database.close();
    const env = {
      HANDRAIL_DATA: dataDir,
      HANDRAIL_ARI_URL: 'http://127.0.0.1:9',
      HANDRAIL_ARI_PASSWORD: 'not-asked-for',
    };
    await expectFailure(await handrail(['run'], env), 'HR_STORE_FAILED', 'tells no version');
    const left = new BetterSqlite3(file, { readonly: true });
    expect(left.prepare('SELECT sql FROM sqlite_master').pluck().all()).toEqual(['CREATE TABLE calls (id TEXT)']);
    left.close();
  });

  it('a certificate without its key is told before anything is started', async () => {
    const env = { ...mine(), HANDRAIL_ADMIN_CERT_FILE: '/nowhere/cert.pem' };
    await expectFailure(await handrail(['run'], env), 'HR_CONFIG_INVALID', 'admin.keyFile');
  });

  it('a flow that leads to a node that is not there is refused, by lint and by the controller', async () => {
    const flow = cafeFlow();
    const broken = { ...flow, nodes: { ...flow.nodes, goodbye: { kind: 'say', prompt: 'Bye.', next: 'nowhere' } } };
    const file = written('flow.json', JSON.stringify(broken));
    const lint = await handrail(['flow', 'lint', file], mine());
    expect(lint.output).toMatch(/^error goodbye: .*nowhere.*\(edge-to-nowhere\)$/m);
    expect(lint.code).toBe(1);
    const env = {
      ...mine(),
      HANDRAIL_FLOW_FILE: file,
      HANDRAIL_ARI_URL: 'http://127.0.0.1:9',
      HANDRAIL_ARI_PASSWORD: 'not-asked-for',
    };
    await expectFailure(await handrail(['run'], env), 'HR_FLOW_INVALID', 'goodbye', 'nowhere');
  });

  it('a sound file that is none is refused before anybody is called', async () => {
    const file = written('notes.wav', 'dear diary');
    const args = ['call', '--play', file, '--host', '127.0.0.1', '--port', '9'];
    await expectFailure(await handrail(args, mine()), 'HR_WAV_INVALID', 'notes.wav');
  });

  it('a weight with a wrong hash is never used', async () => {
    const model = loadManifest().models.find(({ id }) => id === 'silero-vad-v5');
    const [file] = model?.files ?? [];
    const air = join(folder, 'air');
    mkdirSync(join(air, 'silero-vad-v5'), { recursive: true });
    writeFileSync(join(air, 'silero-vad-v5', file?.path ?? ''), Buffer.alloc(file?.bytes ?? 0));
    const home = join(folder, 'home');
    const { code, output } = await handrail(['models', 'import', air], { ...mine(), HANDRAIL_HOME: home });
    await expectFailure({ code, output }, 'HR_WEIGHT_HASH', 'silero-vad-v5');
    expect(readdirSync(join(home, 'models', 'silero-vad-v5'))).not.toContain(file?.path);
  });

  it('a full disk is told, and what was begun is not taken for a whole file', async (context) => {
    const small = join(folder, 'small');
    mkdirSync(small);
    const inNamespace = (command: string): Promise<CliResult> =>
      runToEnd('unshare', ['-Ur', '-m', 'sh', '-c', `mount -t tmpfs -o size=1m tmpfs '${small}' && ${command}`], {
        ...mine(),
        HANDRAIL_HOME: small,
      });
    if ((await inNamespace('true')).code !== 0) context.skip('a small disk cannot be mounted here without root');
    const models = join(homeDir, 'models');
    const result = await inNamespace(
      `'${process.execPath}' '${cliScript}' models import '${models}'; code=$?; ls '${small}'/models/*; exit $code`,
    );
    await expectFailure(result, 'HR_DISK_FULL');
    expect(result.output).not.toMatch(/^model\.bin$/m);
  });

  it.each(['SIP', 'ARI (HTTP)'])('a port that is taken is named: %s', async (use) => {
    const free = await freePbxPorts();
    const release = use === 'SIP' ? await holdUdp(free.sipPort) : await holdTcp(free.httpPort);
    const dataDir = join(folder, 'taken');
    const start = startStack({
      ports: { ...free, adminPort: 0 },
      dataDir,
      env: mine(),
      clock: systemClock,
      log: silentLogger,
    });
    const port = use === 'SIP' ? free.sipPort : free.httpPort;
    await expect(start).rejects.toMatchObject({ code: 'HR_PORT_IN_USE', where: expect.stringContaining(String(port)) });
    await release();
    expect(processesMarked(folder)).toEqual([]);
  });
});

describe('beside a running Handrail', () => {
  const line = useLine();

  it('a wrong ARI password is told apart from a wrong address', async () => {
    const env = { ...line().controllerEnv(), ...mine(), HANDRAIL_ARI_PASSWORD: 'wrong-password' };
    await expectFailure(await handrail(['run'], env), 'HR_ARI_AUTH', 'handrail');
  });

  it('an admin port that is taken is named', async () => {
    const { port } = new URL(line().stack.adminUrl);
    const env = { ...line().controllerEnv(), ...mine(), HANDRAIL_ADMIN_PORT: port };
    await expectFailure(await handrail(['run'], env), 'HR_PORT_IN_USE', port);
  });

  it('a second controller under the same name is refused, and the first one goes on', async () => {
    const env = { ...line().controllerEnv(), ...mine() };
    await expectFailure(await handrail(['run'], env), 'HR_APP_TAKEN');
    const call = await line().call();
    await call.hearsVoice();
    await call.press('3');
    await call.expectPrompt('Please type your four digit order number.');
    await call.hangup();
  });

  it.each([0, 10, 30, 60, 120])('a phone that gives up %i ms after its INVITE leaves nothing', async (afterMs) => {
    const { sipHost: host, sipPort: port, extension } = line().stack;
    const giveUp = new AbortController();
    const placed = SipCaller.place({ host, port, extension, callerId: '7999', signal: giveUp.signal });
    const outcome = placed.then(
      (call) => call.ended,
      (error: unknown) => error,
    );
    await sleep(systemClock, afterMs);
    giveUp.abort();
    await outcome;
    await line().cleared();
  });

  it.each([0, 20, 100])('a phone that hangs up %i ms after the answer leaves nothing', async (afterMs) => {
    const call = await line().call();
    await sleep(systemClock, afterMs);
    await call.phone.hangup();
    await line().cleared();
  });

  it('speaks to an Asterisk by TLS once its issuer is known; SIGHUP renews certificate and log, and a call goes on', async () => {
    const issuer = new Issuer(folder);
    const ofPbx = issuer.issue('pbx');
    const ofAdmin = issuer.issue('first');
    const { httpPort: tlsPort } = await freePbxPorts();
    const tls = { tlsenable: 'yes', tlsbindaddr: `127.0.0.1:${String(tlsPort)}`, tlscertfile: ofPbx.certFile };
    const lines = Object.entries({ ...tls, tlsprivatekey: ofPbx.keyFile }).map(([key, value]) => `${key} = ${value}\n`);
    appendFileSync(join(line().dataDir, 'pbx/etc/http.conf'), lines.join(''));
    await line().stack.pbx.cli('module reload http');
    await line().stack.pbx.cli('dialplan add extension 150,1,Stasis,by-tls into from-handrail-callers');
    const dataDir = join(folder, 'by-tls');
    const env = {
      ...line().controllerEnv(),
      HANDRAIL_DATA: dataDir,
      HANDRAIL_ARI_URL: `https://127.0.0.1:${String(tlsPort)}`,
      HANDRAIL_ARI_APP: 'by-tls',
      HANDRAIL_ADMIN_CERT_FILE: ofAdmin.certFile,
      HANDRAIL_ADMIN_KEY_FILE: ofAdmin.keyFile,
      HANDRAIL_MEDIA_TRANSPORT: 'websocket',
      // Keys do here.
      HANDRAIL_STT_ENGINE: 'off',
      HANDRAIL_LLM_ENGINE: 'off',
    };
    const doctor = (caFile?: string) =>
      handrail(['doctor', '--no-call'], { ...env, ...(caFile ? { HANDRAIL_ARI_CA_FILE: caFile } : {}) });
    const [refused, untrusting, trusting] = await Promise.all([
      handrail(['run'], env),
      doctor(),
      doctor(issuer.caFile),
    ]);
    await expectFailure(refused, 'HR_ARI_CERTIFICATE', 'ari.caFile');
    expect(untrusting.output).toMatch(/✗ Asterisk .*HR_ARI_CERTIFICATE.*→.*ari\.caFile/);
    expect(trusting.output).toMatch(/✓ MCP servers +none are named/);
    expect(trusting.output).toMatch(/! ARI by TLS .*“pbx” by “issuer”.* more → Renew it/);

    const log = join(dataDir, 'logs/handrail.log');
    const reopened = async (): Promise<void> => {
      renameSync(log, `${log}.moved`);
      process.kill(controller.pid, 'SIGHUP');
      expect(await until(10_000, () => (existsSync(log) ? true : undefined)), 'a new log').toBe(true);
    };
    rmSync(log, { force: true });
    const controller = spawnController([], { ...env, HANDRAIL_ARI_CA_FILE: issuer.caFile }, systemClock);
    try {
      // While it starts, nothing but the log is there to be renewed.
      expect(await until(30_000, () => (existsSync(log) ? true : undefined))).toBe(true);
      await reopened();
      const { adminUrl } = await controller.ready;
      expect(await certificateOf(adminUrl)).toBe('first');

      const call = await line().call({ extension: '150' });
      await call.hearsVoice();
      issuer.issue('second');
      copyFileSync(join(folder, 'second.pem'), ofAdmin.certFile);
      copyFileSync(join(folder, 'second.key'), ofAdmin.keyFile);
      await reopened();
      expect(await until(10_000, async () => ((await certificateOf(adminUrl)) === 'second' ? true : undefined))).toBe(
        true,
      );
      await call.press('3');
      await call.expectPrompt('Please type your four digit order number.');
      await call.phone.hangup();
      await line().cleared();
    } finally {
      await controller.stop();
    }
  });

  it('leaves nothing behind', () => expectNothingLeft(line()));
});

/** Whose certificate a server shows. */
function certificateOf(url: string): Promise<string> {
  const { hostname: host, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

function holdTcp(port: number): Promise<() => Promise<void>> {
  const server = createServer();
  return new Promise((resolve) =>
    server.listen(port, '127.0.0.1', () => resolve(() => new Promise((closed) => server.close(() => closed())))),
  );
}

function holdUdp(port: number): Promise<() => Promise<void>> {
  const socket = createSocket('udp4');
  return new Promise((resolve) =>
    socket.bind(port, '127.0.0.1', () => resolve(() => new Promise((closed) => socket.close(() => closed())))),
  );
}
