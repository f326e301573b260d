import { join } from 'node:path';
import type { Config } from './config/index.js';
import { HandrailError } from './kernel/errors.js';
import type { Clock } from './kernel/clock.js';
import type { Logger } from './kernel/log.js';
import { dataDir } from './kernel/paths.js';
import { Mail } from './tools/mail.js';
import { FolderOutbox, type Carrier } from './tools/outbox.js';
import { Webhook } from './tools/webhook.js';

/**
 * The way of messages and callback requests to people, as configured.
 * @throws HandrailError HR_CONFIG_INVALID for a mail server without an address, or a login without its password
 */
export function createOutbox({ delivery }: Config, clock: Clock, log: Logger): FolderOutbox {
  const { mailFrom, mailPassword, mailPlain, mailRelay, mailTo, mailUser, webhookSecret, webhookUrl } = delivery;
  const carriers: Carrier[] = [];
  if (webhookUrl !== undefined) carriers.push(new Webhook({ url: webhookUrl, secret: webhookSecret, clock }));
  if (mailRelay !== undefined) {
    if (mailTo === undefined)
      throw new HandrailError('HR_CONFIG_INVALID', 'delivery.mailTo is needed with delivery.mailRelay.');
    if ((mailUser === undefined) !== (mailPassword === undefined))
      throw new HandrailError(
        'HR_CONFIG_INVALID',
        'delivery.mailUser and delivery.mailPassword are needed with each other.',
      );
    const login = { user: mailUser, password: mailPassword };
    carriers.push(new Mail({ relay: mailRelay, ...login, from: mailFrom, to: mailTo, allowPlain: mailPlain }));
  }
  return new FolderOutbox({ carriers, dir: join(dataDir, 'outbox'), clock, log });
}
