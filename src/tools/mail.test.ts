import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sensitive } from '../kernel/sensitive.js';
import { Mail, type MailOptions } from './mail.js';

/** A mail server of a few lines that takes what it is given, and offers no TLS. */
class SmallRelay {
  readonly commands: string[] = [];
  readonly mails: string[] = [];
  readonly #server: Server;
  refuses = false;

  constructor() {
    this.#server = createServer((socket) => this.#talk(socket));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `smtp://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  close(): void {
    this.#server.close();
  }

  #talk(socket: Socket): void {
    let text = '';
    let inMail = false;
    socket.on('error', () => undefined);
    socket.write('220 small\r\n');
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf(inMail ? '\r\n.\r\n' : '\r\n'); end >= 0;) {
        const part = text.slice(0, end);
        text = text.slice(end + (inMail ? 5 : 2));
        if (inMail) this.mails.push(part);
        else this.commands.push(part);
        const answer = inMail ? '250 taken' : this.#answer(part);
        inMail = !inMail && part === 'DATA';
        socket.write(`${answer}\r\n`);
        end = text.indexOf(inMail ? '\r\n.\r\n' : '\r\n');
      }
    });
  }

  #answer(command: string): string {
    if (command.startsWith('EHLO')) return '250-small\r\n250 AUTH PLAIN';
    if (command === 'STARTTLS') return '502 not here';
    if (command.startsWith('AUTH')) return '235 yes';
    if (command.startsWith('RCPT') && this.refuses) return '550 nobody here';
    if (command === 'DATA') return '354 go on';
    return command === 'QUIT' ? '221 bye' : '250 yes';
  }
}

let relay: SmallRelay;
let url: string;
let dir: string;
beforeEach(async () => {
  relay = new SmallRelay();
  url = await relay.listen();
  dir = mkdtempSync(join(tmpdir(), 'handrail-mail-'));
});
afterEach(() => {
  relay.close();
  rmSync(dir, { recursive: true });
});

const mail = (options: Partial<MailOptions> = {}) =>
  new Mail({
    relay: url,
    user: 'line',
    password: sensitive('sesame'),
    from: 'line@example.org',
    to: 'desk@example.org',
    allowPlain: true,
    ...options,
  });

test('a message is mailed as a WAV, with a login', async () => {
  const file = join(dir, 'call-1.wav');
  writeFileSync(file, 'RIFF');
  const left = {
    type: 'voicemail',
    callId: 'call-1',
    callerNumber: '0305',
    nodeId: 'message',
    atWallMs: 0,
    file,
  } as const;
  await mail().send(left, 'id-1');
  expect(relay.commands).toEqual(
    expect.arrayContaining(['MAIL FROM:<line@example.org>', 'RCPT TO:<desk@example.org>']),
  );
  expect(relay.commands.some((command) => command.startsWith('AUTH PLAIN'))).toBe(true);
  const [sent = ''] = relay.mails;
  expect(sent).toContain('Subject: Message from 0305');
  expect(sent).toContain('Message-ID: <id-1@handrail>');
  expect(sent).toMatch(/Content-Type: audio\/wav; name=call-1\.wav/);
  expect(sent).toContain(Buffer.from('RIFF').toString('base64'));
});

test('a callback request is mailed with its number and what it is about; a number cannot add a header', async () => {
  const number = '0305\r\nBcc: all@example.org';
  const left = {
    type: 'callback',
    callId: 'call-1',
    callerNumber: '1',
    nodeId: 'call',
    atWallMs: 0,
    number,
    about: 'Order 7',
  } as const;
  await mail().send(left, 'id-1');
  const [sent = ''] = relay.mails;
  expect(sent).toContain('Order 7');
  expect(sent.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/m);
});

test('a relay that refuses, or offers no TLS, takes nothing, and gets no password', async () => {
  const left = {
    type: 'callback',
    callId: 'c',
    callerNumber: '1',
    nodeId: 'n',
    atWallMs: 0,
    number: '1',
    about: '',
  } as const;
  relay.refuses = true;
  await expect(mail().send(left, 'id-1')).rejects.toThrow();
  relay.commands.length = 0;
  await expect(mail({ allowPlain: false }).send(left, 'id-1')).rejects.toThrow();
  expect(relay.mails).toEqual([]);
  expect(relay.commands.some((command) => command.startsWith('AUTH'))).toBe(false);
});
