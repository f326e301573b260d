import { describe, expect, it } from 'vitest';
import { aCall, aTurn } from '../store/fixtures.js';
import { LiveBoard } from './live-board.js';
import { LiveFeed } from './live-feed.js';
import type { HealthReport, LiveEvent, LiveMessage } from './live.js';
import { hostAllowed, originAllowed } from './origin.js';

const admission = { mode: 'measured', service: 'full' } as const;

describe('LiveBoard', () => {
  it('keeps what is up and tells what changes', () => {
    const board = new LiveBoard();
    const events: LiveEvent[] = [];
    board.subscribe((event) => events.push(event));
    board.callStarted(aCall(), 'ai');
    board.enteredNode('call-1', 'order', 'keypad');
    board.turn(aTurn());
    expect(board.snapshot()).toEqual([{ ...aCall(), nodeId: 'order', face: 'keypad', turns: [aTurn()] }]);
    board.callEnded('call-1', 9, 'hungup-by-flow');
    expect(board.snapshot()).toEqual([]);
    expect(events.map(({ type }) => type)).toEqual(['call-started', 'node', 'turn', 'call-ended']);
  });

  it('ignores what comes for calls that are not up, and keeps only so many turns', () => {
    const board = new LiveBoard();
    board.turn(aTurn());
    board.enteredNode('call-1', 'order', 'ai');
    board.callEnded('call-1', 9, 'failed');
    expect(board.snapshot()).toEqual([]);
    board.callStarted(aCall(), 'ai');
    for (let index = 1; index <= 60; index++) board.turn(aTurn({ turnId: `t${index}`, index }));
    expect(board.snapshot()[0]?.turns.map(({ index }) => index)).toEqual(Array.from({ length: 50 }, (_, i) => i + 11));
  });
});

describe('LiveFeed', () => {
  function setUp() {
    const board = new LiveBoard();
    const sent: LiveMessage[] = [];
    const socket = {
      bufferedAmount: 0,
      terminated: false,
      send: (text: string) => void sent.push(JSON.parse(text) as LiveMessage),
      terminate: () => void (socket.terminated = true),
    };
    const state: { health: HealthReport } = { health: { ready: true, parts: [], admission } };
    const feed = new LiveFeed(socket, { live: board, health: () => state.health, nowWallMs: () => 7 });
    return { board, sent, socket, state, feed };
  }

  it('drops a reader that does not read', () => {
    const { board, sent, socket } = setUp();
    socket.bufferedAmount = 2_000_000;
    board.callStarted(aCall(), 'ai');
    socket.bufferedAmount = 0;
    board.callEnded('call-1', 1, 'failed');
    expect(socket.terminated).toBe(true);
    expect(sent.map(({ type }) => type)).toEqual(['snapshot']);
  });

  it('sends health only when it changed', () => {
    const { sent, state, feed } = setUp();
    feed.refreshHealth();
    state.health = { ready: false, parts: [], admission };
    feed.refreshHealth();
    feed.refreshHealth();
    expect(sent.slice(1)).toEqual([{ type: 'health', health: { ready: false, parts: [], admission } }]);
  });
});

describe('hosts and origins', () => {
  it.each(['127.0.0.1:8080', 'localhost:8080', '[::1]:8080', '192.168.1.5', 'DESK.example'])('allows %s', (host) => {
    expect(hostAllowed(host, 'desk.example')).toBe(true);
  });

  it.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'a@127.0.0.1',
    'x/127.0.0.1',
  ])('refuses %s', (host) => {
    expect(hostAllowed(host, undefined)).toBe(false);
  });

  it('compares an origin with the host that was asked', () => {
    expect(originAllowed(undefined, '127.0.0.1:8080')).toBe(true);
    expect(originAllowed('http://127.0.0.1:8080', '127.0.0.1:8080')).toBe(true);
    expect(originAllowed('https://desk.example', 'desk.example')).toBe(true);
    expect(originAllowed('http://127.0.0.1:9090', '127.0.0.1:8080')).toBe(false);
    expect(originAllowed('null', '127.0.0.1:8080')).toBe(false);
  });
});
