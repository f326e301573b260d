import { createSocket, type Socket } from 'node:dgram';
import { createServer } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { silentLogger } from '../kernel/log.js';
import { freePbxPorts, privatePbxInstalled, startPrivatePbx, type PrivatePbxOptions } from './private-pbx.js';

let dir: string;
let options: PrivatePbxOptions;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'handrail-pbx-'));
  options = {
    runDir: join(dir, 'run'),
    ...(await freePbxPorts()),
    ariPassword: 'password1',
    softphonePassword: 'password2',
    clock: new FakeClock(),
    log: silentLogger,
    prefix: join(dir, 'prefix'),
  };
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

/** A loader that says no to whatever it shall run: enough of a prefix for a start that fails. */
function brokenPrefix(): void {
  const loader = join(dir, 'prefix/usr/lib64/ld-linux-x86-64.so.2');
  mkdirSync(join(loader, '..'), { recursive: true });
  writeFileSync(loader, '#!/bin/sh\necho the last words of asterisk\nexit 1\n', { mode: 0o755 });
}

test('a taken HTTP port is told before anything is started', async () => {
  const server = createServer().listen(options.httpPort, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  await expect(startPrivatePbx(options)).rejects.toMatchObject({
    code: 'HR_PORT_IN_USE',
    message: expect.stringContaining(`${options.httpPort}/tcp`),
  });
  server.close();
});

test('a taken SIP port is told before anything is started', async () => {
  const socket = await new Promise<Socket>((bound) => {
    const udp = createSocket('udp4');
    udp.bind(options.sipPort, '127.0.0.1', () => bound(udp));
  });
  await expect(startPrivatePbx(options)).rejects.toMatchObject({
    code: 'HR_PORT_IN_USE',
    message: expect.stringContaining(`${options.sipPort}/udp`),
  });
  socket.close();
});

test('without an unpacked Asterisk it says how to get one', async () => {
  expect(privatePbxInstalled(options.prefix)).toBe(false);
  await expect(startPrivatePbx(options)).rejects.toMatchObject({
    code: 'HR_PBX_FAILED',
    message: expect.stringContaining('npm start'),
  });
});

test('an Asterisk that ends by itself is told with its last words', async () => {
  brokenPrefix();
  await expect(startPrivatePbx(options)).rejects.toMatchObject({
    code: 'HR_PBX_FAILED',
    message: expect.stringContaining('the last words of asterisk'),
  });
});

test.each(['short', 'two\nlines-of-it', 'semi;colon;s'])(
  'a password cannot add to the configuration: %j',
  async (password) => {
    brokenPrefix();
    await expect(startPrivatePbx({ ...options, ariPassword: password })).rejects.toMatchObject({
      code: 'HR_PBX_FAILED',
    });
  },
);
