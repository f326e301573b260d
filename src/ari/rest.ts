import type { Clock } from '../kernel/clock.js';
import { type ErrorCode, HandrailError } from '../kernel/errors.js';

/** What we ask of Asterisk, as `resource.operation` in ARI's own description of itself. */
export type AriOperation =
  | 'applications.list'
  | 'applications.subscribe'
  | 'asterisk.getGlobalVar'
  | 'asterisk.getInfo'
  | 'asterisk.listModules'
  | 'asterisk.reloadModule'
  | 'asterisk.setGlobalVar'
  | 'bridges.addChannel'
  | 'bridges.createWithId'
  | 'bridges.destroy'
  | 'bridges.list'
  | 'bridges.removeChannel'
  | 'channels.answer'
  | 'channels.continueInDialplan'
  | 'channels.create'
  | 'channels.externalMedia'
  | 'channels.getChannelVar'
  | 'channels.hangup'
  | 'channels.list'
  | 'channels.originateWithId'
  | 'channels.play'
  | 'channels.ring'
  | 'channels.sendDTMF'
  | 'channels.setChannelVar'
  | 'channels.snoopChannelWithId';

export type AriParameters = Readonly<Record<string, unknown>>;

/** Sends one request. Rejects with an `AriRefusal`, or never settles: the deadline is kept by `AriRest`. */
export interface AriTransport {
  request(operation: AriOperation, parameters: AriParameters): Promise<unknown>;
}

/** Asterisk said no, or (`status` 0) nothing at all because the connection failed. */
export class AriRefusal extends Error {
  override readonly name = 'AriRefusal';
  /** @param words Asterisk's own words, or the system's name of the connection error */
  constructor(
    readonly status: number,
    readonly words: string,
  ) {
    super(`${status} ${words}`);
  }
}

/** Requests with a deadline, and one meaning for each way to fail. */
export class AriRest {
  constructor(
    private readonly transport: AriTransport,
    private readonly clock: Clock,
    readonly timeoutMs: number,
  ) {}

  /**
   * @param subject the channel or bridge that it is about; parameters never get into an error, they may hold digits
   * @throws HandrailError HR_CALL_GONE, HR_ARI_AUTH, HR_ARI_REQUEST, HR_ARI_UNREACHABLE or HR_ARI_TIMEOUT
   */
  async ask(operation: AriOperation, subject: string, parameters: AriParameters = {}): Promise<unknown> {
    const where = subject === '' ? operation : `${operation} of ${subject}`;
    let cancel = (): void => undefined;
    const late = new Promise<never>((_, reject) => {
      cancel = this.clock.after(this.timeoutMs, () => {
        reject(new HandrailError('HR_ARI_TIMEOUT', `${where}: no answer within ${this.timeoutMs} ms`));
      });
    });
    try {
      return await Promise.race([this.transport.request(operation, parameters), late]);
    } catch (error) {
      throw error instanceof AriRefusal ? explainRefusal(error, operation, where) : error;
    } finally {
      cancel();
    }
  }

  /** As `ask`, for what is no error when its subject is gone already. */
  async askIfThere(operation: AriOperation, subject: string, parameters: AriParameters): Promise<void> {
    try {
      await this.ask(operation, subject, parameters);
    } catch (error) {
      if (!(error instanceof HandrailError && error.code === 'HR_CALL_GONE')) throw error;
    }
  }
}

function explainRefusal(refusal: AriRefusal, operation: AriOperation, where: string): HandrailError {
  const details = `${where}: ${refusal.status === 0 ? refusal.words : `${refusal.status} “${refusal.words}”`}`;
  return new HandrailError(codeOf(refusal, operation), details, { cause: refusal });
}

function codeOf({ status, words }: AriRefusal, operation: AriOperation): ErrorCode {
  if (status === 0) return 'HR_ARI_UNREACHABLE';
  if (status === 401) return 'HR_ARI_AUTH';
  if (operation === 'channels.originateWithId' || operation === 'channels.externalMedia') return 'HR_ARI_REQUEST';
  // bridges.addChannel answers a vanished channel with 400 instead of 404.
  const gone = status === 404 || (status === 400 && /channel not found/i.test(words));
  return gone ? 'HR_CALL_GONE' : 'HR_ARI_REQUEST';
}
