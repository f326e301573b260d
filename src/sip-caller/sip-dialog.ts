import type { Cancel, Clock } from '../kernel/clock.js';
import { allows, nextState, type DialogEvent, type DialogState } from './dialog-state.js';
import { answerChallenge, parseChallenge, type SipCredentials } from './digest.js';
import { GIVE_UP_MS, Retransmission, T2_MS } from './retransmission.js';
import {
  answerTo,
  buildSip,
  cseqOf,
  headerOf,
  headersOf,
  parseSip,
  splitList,
  uriOf,
  type SipHeader,
  type SipRequest,
  type SipResponse,
} from './sip-message.js';

export interface SipDialogOptions {
  readonly clock: Clock;
  readonly local: { readonly host: string; readonly port: number };
  /** Request URI, for instance `sip:100@127.0.0.1:5060`. */
  readonly target: string;
  /** User part of our From address: what the PBX takes as the caller's number. */
  readonly callerNumber: string;
  readonly credentials: SipCredentials | undefined;
  /** The session description that goes with INVITE, and answers a re-INVITE. */
  readonly sdp: string;
  /** A fresh random word for Call-ID, tags, branches and cnonces. */
  readonly token: () => string;
  readonly send: (text: string) => void;
  readonly onEvent: (event: SipDialogEvent) => void;
}

export type SipDialogEvent =
  | { readonly type: 'ringing'; readonly status: number }
  | { readonly type: 'answered'; readonly sdp: string }
  /** A re-INVITE or UPDATE brought a new session description; it was accepted. */
  | { readonly type: 'moved'; readonly sdp: string }
  | { readonly type: 'ended'; readonly by: 'us' | 'them'; readonly status: number; readonly reason: string };

/** No answer at all: what RFC 3261, 8.1.3.1 makes of a transaction timeout. */
const TIMED_OUT = { status: 408, reason: 'Request Timeout' } as const;

/**
 * One placed call's signalling: INVITE with digest, ACK, CANCEL, BYE both ways, and the answers to what comes inside of
 * the call. Text goes out through `send`; feed what arrives to `receive`. The states are those of `dialog-state.ts`.
 */
export class SipDialog {
  readonly callId: string;
  readonly #options: SipDialogOptions;
  readonly #fromTag: string;
  #state: DialogState = 'calling';
  #cseq = 1;
  #branch = '';
  #authorization: SipHeader | undefined;
  #authTries = 0;
  #invite: Retransmission | undefined;
  #closing: Retransmission | undefined;
  #forget: Cancel | undefined;
  #sawProvisional = false;
  #cancelSent = false;
  #to: string;
  #remoteTarget: string;
  #routes: readonly string[] = [];

  constructor(options: SipDialogOptions) {
    this.#options = options;
    this.callId = `${options.token()}@${options.local.host}`;
    this.#fromTag = options.token();
    this.#to = `<${options.target}>`;
    this.#remoteTarget = options.target;
  }

  get state(): DialogState {
    return this.#state;
  }

  /** Sends the INVITE. Call once. */
  start(): void {
    this.#branch = this.#newBranch();
    const headers = [...this.#ownHeaders('INVITE', this.#branch, this.#cseq), ...this.#offerHeaders()];
    const text = buildSip(this.#request('INVITE', this.#options.target, headers, this.#options.sdp));
    this.#invite = new Retransmission({
      clock: this.#options.clock,
      capMs: Infinity,
      send: () => this.#options.send(text),
      onTimeout: () => this.#end('timeout', 'them', TIMED_OUT),
    });
  }

  /** Ends the call from our side, in whatever state it is. Idempotent. */
  hangup(): void {
    const before = this.#state;
    if (!allows(before, 'hangup')) return;
    this.#state = nextState(before, 'hangup');
    if (this.#state === 'cancelling') this.#sendCancelWhenAllowed();
    if (before === 'established') this.#sendBye();
  }

  /** Stops all sending without a word to the other side: for when nobody is there. Idempotent. */
  abandon(): void {
    this.#state = 'ended';
    this.#invite?.stop();
    this.#closing?.stop();
    this.#forget?.();
  }

  /** Takes one datagram. Strays are dropped. */
  receive(text: string): void {
    const message = parseSip(text);
    if (message === undefined || headerOf(message, 'call-id') !== this.callId) return;
    if (message.type === 'request') this.#onRequest(message);
    else this.#onResponse(message);
  }

  /* ------------------------------------------------------------ answers to our requests */

  #onResponse(response: SipResponse): void {
    switch (cseqOf(response)?.method) {
      case 'INVITE':
        if (cseqOf(response)?.number === this.#cseq || this.#state !== 'calling') this.#onInviteResponse(response);
        return;
      case 'BYE':
        if (response.status >= 200) this.#end('bye-done', 'us', { status: 200, reason: 'OK' });
        return;
      case 'CANCEL':
        return this.#awaitCancelled();
      default:
    }
  }

  #onInviteResponse(response: SipResponse): void {
    if (response.status < 200) return this.#onProvisional(response);
    if (response.status < 300) return this.#onAnswer(response);
    this.#invite?.stop();
    this.#acknowledgeRefusal(response);
    if (this.#tryCredentials(response)) return;
    this.#end('reject', this.#state === 'cancelling' ? 'us' : 'them', response);
  }

  #onProvisional(response: SipResponse): void {
    if (!this.#step('provisional')) return;
    this.#invite?.stop();
    this.#sawProvisional = true;
    if (this.#state === 'cancelling') this.#sendCancelWhenAllowed();
    else if (response.status > 100) this.#options.onEvent({ type: 'ringing', status: response.status });
  }

  #onAnswer(response: SipResponse): void {
    const before = this.#state;
    if (!this.#step('answer')) return;
    this.#invite?.stop();
    this.#to = headerOf(response, 'to') ?? this.#to;
    this.#remoteTarget = uriOf(headerOf(response, 'contact') ?? this.#remoteTarget);
    // The caller's route set is the recorded route backwards (RFC 3261, 12.1.2).
    this.#routes = headersOf(response, 'record-route')
      .flatMap(({ value }) => splitList(value))
      .reverse();
    this.#options.send(buildSip(this.#inDialog('ACK', cseqOf(response)?.number ?? this.#cseq)));
    if (before === 'cancelling') {
      this.#closing?.stop();
      this.#sendBye();
    } else if (before !== 'established' && this.#state === 'established') {
      this.#options.onEvent({ type: 'answered', sdp: response.body });
    }
  }

  /** The final answer to the INVITE should follow at once; a PBX that forgets it is not waited for (RFC 3261, 9.1). */
  #awaitCancelled(): void {
    this.#closing?.stop();
    this.#forget ??= this.#options.clock.after(GIVE_UP_MS, () => this.#end('timeout', 'us', TIMED_OUT));
  }

  /** The ACK of a refusal belongs to the INVITE's transaction: same branch (RFC 3261, 17.1.1.3). */
  #acknowledgeRefusal(response: SipResponse): void {
    const cseq = cseqOf(response)?.number ?? this.#cseq;
    const headers = this.#ownHeaders('ACK', this.#branch, cseq).map((header) =>
      header.name === 'To' ? { name: 'To', value: headerOf(response, 'to') ?? header.value } : header,
    );
    this.#options.send(buildSip(this.#request('ACK', this.#options.target, headers)));
  }

  #tryCredentials(response: SipResponse): boolean {
    const { credentials, target, token } = this.#options;
    const proxy = response.status === 407;
    if ((!proxy && response.status !== 401) || !credentials || this.#authTries > 0) return false;
    const challenge = parseChallenge(headerOf(response, proxy ? 'proxy-authenticate' : 'www-authenticate') ?? '');
    if (!challenge || !this.#step('challenge')) return false;
    this.#authTries += 1;
    this.#cseq += 1;
    const request = { method: 'INVITE', uri: target, cnonce: token(), count: 1 };
    this.#authorization = {
      name: proxy ? 'Proxy-Authorization' : 'Authorization',
      value: answerChallenge(challenge, credentials, request),
    };
    this.#sawProvisional = false;
    this.start();
    return true;
  }

  /* ------------------------------------------------------------ their requests */

  #onRequest(request: SipRequest): void {
    const answer = (status: number, reason: string, more: readonly SipHeader[] = [], body = ''): void =>
      this.#options.send(buildSip(answerTo(request, status, reason, more, body)));
    switch (request.method) {
      case 'ACK':
        return;
      case 'BYE':
        answer(200, 'OK');
        return this.#end('bye', this.#state === 'leaving' ? 'us' : 'them', { status: 200, reason: 'OK' });
      case 'INVITE':
      case 'UPDATE':
        if (this.#state !== 'established') return answer(481, 'Call/Transaction Does Not Exist');
        if (request.body !== '') this.#options.onEvent({ type: 'moved', sdp: request.body });
        // An UPDATE without an offer only refreshes the session; a re-INVITE without one asks for ours.
        if (request.body === '' && request.method === 'UPDATE') return answer(200, 'OK');
        return answer(200, 'OK', this.#offerHeaders().slice(0, 2), this.#options.sdp);
      case 'OPTIONS':
      case 'INFO':
      case 'NOTIFY':
        return answer(200, 'OK');
      default:
        return answer(405, 'Method Not Allowed', [{ name: 'Allow', value: ALLOWED }]);
    }
  }

  /* ------------------------------------------------------------ requests */

  /** A CANCEL may go out only after a provisional answer (RFC 3261, 9.1); before, it waits for one. */
  #sendCancelWhenAllowed(): void {
    if (!this.#sawProvisional || this.#cancelSent) return;
    this.#cancelSent = true;
    const headers = this.#ownHeaders('CANCEL', this.#branch, this.#cseq);
    this.#close(this.#request('CANCEL', this.#options.target, headers));
  }

  #sendBye(): void {
    this.#cseq += 1;
    this.#close(this.#inDialog('BYE', this.#cseq));
  }

  #close(request: SipRequest): void {
    const text = buildSip(request);
    this.#closing = new Retransmission({
      clock: this.#options.clock,
      capMs: T2_MS,
      send: () => this.#options.send(text),
      onTimeout: () => this.#end('timeout', 'us', TIMED_OUT),
    });
  }

  #inDialog(method: string, cseq: number): SipRequest {
    const routes = this.#routes.map((value) => ({ name: 'Route', value }));
    return this.#request(method, this.#remoteTarget, [...this.#ownHeaders(method, this.#newBranch(), cseq), ...routes]);
  }

  #request(method: string, uri: string, headers: readonly SipHeader[], body = ''): SipRequest {
    return { type: 'request', method, uri, headers, body };
  }

  #ownHeaders(method: string, branch: string, cseq: number): SipHeader[] {
    const { local, callerNumber } = this.#options;
    return [
      { name: 'Via', value: `SIP/2.0/UDP ${local.host}:${local.port};branch=${branch};rport` },
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: `<sip:${callerNumber}@${local.host}>;tag=${this.#fromTag}` },
      { name: 'To', value: this.#to },
      { name: 'Call-ID', value: this.callId },
      { name: 'CSeq', value: `${cseq} ${method}` },
      { name: 'User-Agent', value: 'handrail-caller' },
    ];
  }

  #offerHeaders(): SipHeader[] {
    const { local, callerNumber } = this.#options;
    const headers = [
      { name: 'Contact', value: `<sip:${callerNumber}@${local.host}:${local.port}>` },
      { name: 'Content-Type', value: 'application/sdp' },
      { name: 'Allow', value: ALLOWED },
    ];
    return this.#authorization ? [...headers, this.#authorization] : headers;
  }

  #newBranch(): string {
    // RFC 3261, 8.1.1.7: the magic cookie.
    return `z9hG4bK${this.#options.token()}`;
  }

  /* ------------------------------------------------------------ states */

  #step(event: DialogEvent): boolean {
    if (!allows(this.#state, event)) return false;
    this.#state = nextState(this.#state, event);
    return true;
  }

  #end(event: DialogEvent, by: 'us' | 'them', final: { readonly status: number; readonly reason: string }): void {
    const before = this.#state;
    if (!this.#step(event) || before === 'ended') return;
    this.#invite?.stop();
    this.#closing?.stop();
    this.#forget?.();
    this.#options.onEvent({ type: 'ended', by, status: final.status, reason: final.reason });
  }
}

const ALLOWED = 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, NOTIFY';
