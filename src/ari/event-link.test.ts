import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../kernel/fake-clock.js';
import { EventLink, type EventSocketHandlers, type LinkFailure } from './event-link.js';
import { reconnectDelayMs } from './reconnect.js';

class FakeSocket {
  pings = 0;
  ended: 'closed' | 'discarded' | undefined;
  constructor(readonly handlers: EventSocketHandlers) {}
  ping(): void {
    this.pings++;
  }
  discard(): void {
    this.ended ??= 'discarded';
  }
  close(): void {
    this.ended ??= 'closed';
  }
}

let clock: FakeClock;
let sockets: FakeSocket[];
let heard: string[];
let retries: (LinkFailure & { nextTryMs: number })[];
let random: number;

function makeLink(): EventLink {
  return new EventLink(
    (handlers) => {
      const socket = new FakeSocket(handlers);
      sockets.push(socket);
      return socket;
    },
    {
      onUp: () => heard.push('up'),
      onDown: (reason) => heard.push(`down: ${reason}`),
      onMessage: (text) => heard.push(text),
      onRetry: (failure, nextTryMs) => retries.push({ ...failure, nextTryMs }),
    },
    clock,
    () => random,
  );
}

function newest(): FakeSocket {
  const socket = sockets.at(-1);
  if (!socket) throw new Error('no socket yet');
  return socket;
}

beforeEach(() => {
  clock = new FakeClock();
  sockets = [];
  heard = [];
  retries = [];
  random = 0.999_999;
});

describe('reconnectDelayMs', () => {
  it('doubles its ceiling from 100 ms to 5 s and stays there', () => {
    const ceilings = [0, 1, 2, 3, 4, 5, 6, 7, 10_000].map((attempt) => reconnectDelayMs(attempt, 1));
    expect(ceilings).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
  });

  it('has full jitter above a floor', () => {
    expect(reconnectDelayMs(6, 0.5)).toBe(2_500);
    expect(reconnectDelayMs(6, 0)).toBe(20);
  });
});

describe('EventLink', () => {
  it('tries for ever, one socket at a time', () => {
    makeLink().start();
    for (let i = 0; i < 50; i++) {
      newest().handlers.onClosed('ECONNREFUSED');
      clock.advance(retries.at(-1)?.nextTryMs ?? 0);
    }
    expect(sockets).toHaveLength(51);
    expect(sockets.slice(0, -1).every((socket) => socket.ended === 'discarded')).toBe(true);
    expect(retries.slice(0, 7).map((retry) => retry.nextTryMs)).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000]);
    expect(heard).toEqual([]);
  });

  it('gives up a try that hangs, and says that the peer was silent', () => {
    makeLink().start();
    clock.advance(2_000);
    expect(sockets[0]?.ended).toBe('discarded');
    expect(retries).toMatchObject([{ silent: true, nextTryMs: 100 }]);
  });

  it('finds a half-open socket: ping without pong', () => {
    const link = makeLink();
    link.start();
    newest().handlers.onOpen();
    clock.advance(5_000);
    expect(newest().pings).toBe(1);
    newest().handlers.onPong();
    clock.advance(5_000);
    expect(link.state).toBe('connected');
    clock.advance(2_000);
    expect(heard).toEqual(['up', 'down: no answer to a ping within 2000 ms']);
    expect(sockets[0]?.ended).toBe('discarded');
    clock.advance(100);
    newest().handlers.onOpen();
    expect(heard.at(-1)).toBe('up');
  });

  it('does not hear a discarded socket: no event comes twice', () => {
    makeLink().start();
    const first = newest();
    first.handlers.onOpen();
    first.handlers.onClosed('closed');
    clock.advance(100);
    newest().handlers.onOpen();
    first.handlers.onMessage('late');
    first.handlers.onClosed('late');
    newest().handlers.onMessage('fresh');
    expect(heard).toEqual(['up', 'down: closed', 'up', 'fresh']);
    expect(sockets).toHaveLength(2);
  });

  it('backs off from a peer that takes connections and breaks them', () => {
    makeLink().start();
    for (let i = 0; i < 4; i++) {
      newest().handlers.onOpen();
      newest().handlers.onClosed('closed');
      clock.advance(retries.at(-1)?.nextTryMs ?? 0);
    }
    expect(retries.map((retry) => retry.nextTryMs)).toEqual([100, 200, 400, 800]);
  });

  it('starts the count anew after a connection that held', () => {
    makeLink().start();
    newest().handlers.onClosed('refused');
    clock.advance(100);
    newest().handlers.onOpen();
    clock.advance(5_000);
    newest().handlers.onClosed('closed');
    expect(retries.at(-1)?.nextTryMs).toBe(100);
  });

  it.each(['connecting', 'connected', 'waiting'] as const)('leaves nothing behind when closed while %s', (state) => {
    const link = makeLink();
    link.start();
    if (state === 'connected') newest().handlers.onOpen();
    if (state === 'waiting') newest().handlers.onClosed('refused');
    expect(link.state).toBe(state);
    const before = heard.length;
    link.close();
    link.close();
    newest().handlers.onMessage('late');
    clock.advance(60_000);
    expect(clock.pendingCount).toBe(0);
    expect(heard).toHaveLength(before);
    expect(sockets).toHaveLength(1);
    expect(newest().ended).toBe(state === 'connected' ? 'closed' : 'discarded');
  });

  it('cannot be started twice', () => {
    const link = makeLink();
    link.start();
    expect(() => link.start()).toThrow('cannot start when connecting');
  });
});
