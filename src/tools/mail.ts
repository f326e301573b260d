import { basename } from 'node:path';
import { createTransport } from 'nodemailer';
import type { LeftByCaller } from '../dialog/ports.js';
import type { Sensitive } from '../kernel/sensitive.js';
import type { Carrier } from './outbox.js';

export interface MailOptions {
  /** `smtp://relay:587`, or `smtps://relay:465`. */
  readonly relay: string;
  readonly user: string | undefined;
  readonly password: Sensitive<string> | undefined;
  readonly from: string;
  readonly to: string;
  /** Without it a relay that does not offer TLS is refused: the message, and the password, would be readable on the way. */
  readonly allowPlain: boolean;
}

const DEADLINE_MS = 20_000;

/** Mails what callers leave to one address, a message as a WAV. */
export class Mail implements Carrier {
  readonly name = 'mail';

  constructor(private readonly options: MailOptions) {}

  async send(left: LeftByCaller, id: string): Promise<void> {
    const { allowPlain, from, password, relay, to, user } = this.options;
    const { hostname, port, protocol } = new URL(relay);
    const secure = protocol === 'smtps:';
    const transport = createTransport({
      host: hostname,
      port: port === '' ? (secure ? 465 : 587) : Number(port),
      secure,
      requireTLS: !secure && !allowPlain,
      ignoreTLS: allowPlain,
      ...(user === undefined || password === undefined ? {} : { auth: { user, pass: password.reveal() } }),
      connectionTimeout: DEADLINE_MS,
      greetingTimeout: DEADLINE_MS,
      socketTimeout: DEADLINE_MS,
      disableUrlAccess: true,
    });
    try {
      await transport.sendMail({
        from,
        to,
        messageId: `<${id}@handrail>`,
        subject: subjectOf(left),
        text: textOf(left),
        ...(left.type === 'voicemail'
          ? { attachments: [{ filename: basename(left.file), path: left.file, contentType: 'audio/wav' }] }
          : {}),
      });
    } finally {
      transport.close();
    }
  }
}

function subjectOf(left: LeftByCaller): string {
  return left.type === 'voicemail' ? `Message from ${left.callerNumber}` : `Please call ${left.number}`;
}

function textOf(left: LeftByCaller): string {
  const at = new Date(left.atWallMs).toISOString();
  const lines =
    left.type === 'voicemail'
      ? [`A message from ${left.callerNumber}, taken at ${at}.`]
      : [`Somebody asks to be called at ${left.number}, since ${at}.`, ...(left.about === '' ? [] : [left.about])];
  return [...lines, `Call ${left.callId}, at ${left.nodeId}.`].join('\n');
}
