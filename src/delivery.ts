import { join } from 'node:path';
import type { Config } from './config/index.js';
import type { LeftByCaller } from './dialog/ports.js';
import { explain, HandrailError } from './kernel/errors.js';
import type { Clock } from './kernel/clock.js';
import type { Logger } from './kernel/log.js';
import { dataDir } from './kernel/paths.js';
import { Mail } from './tools/mail.js';
import type { SqliteCallbacks } from './store/callbacks.js';
import { FolderOutbox, type Carrier, type OutboxOptions, type OutboxState } from './tools/outbox.js';
import { Webhook } from './tools/webhook.js';

/**
 * The way of messages and callback requests to people, as configured.
 * @throws HandrailError HR_CONFIG_INVALID for a mail server without an address, or a login without its password
 */
export function createOutbox(
  { delivery }: Config,
  clock: Clock,
  log: Logger,
  onState: NonNullable<OutboxOptions['onState']>,
): FolderOutbox {
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
  return new FolderOutbox({ carriers, dir: join(dataDir, 'outbox'), clock, log, onState });
}

/** Keeps beside each callback request how far it has come. A database in trouble costs this note, never the delivery. */
export function callbackDelivery(callbacks: Pick<SqliteCallbacks, 'delivery'>, log: Logger) {
  return (left: LeftByCaller, state: OutboxState): void => {
    if (left.type !== 'callback') return;
    callbacks.delivery(left.callId, left.atWallMs, state).catch((err: unknown) => {
      log.warn({ problem: explain(err), state }, 'how far a callback request has come could not be noted');
    });
  };
}
