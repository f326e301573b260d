import { describe, expect, it } from 'vitest';
import { translateMessage } from './messages.js';

const channel = {
  id: '1763860499.12',
  name: 'PJSIP/alice-00000001',
  state: 'Up',
  caller: { name: '', number: '4711' },
  dialplan: { context: 'from-caller', exten: '100', priority: 2, app_name: 'Stasis', app_data: 'desk,100,x' },
  creationtime: '2026-11-23T01:14:59.322+0000',
};

const translate = (event: object): unknown =>
  translateMessage(JSON.stringify({ application: 'desk', ...event }), 'desk', 7);

describe('translateMessage', () => {
  it('reads a StasisStart with its channel', () => {
    expect(translate({ type: 'StasisStart', args: ['100', 'x'], channel })).toEqual({
      type: 'stasis-start',
      atMs: 7,
      args: ['100', 'x'],
      channel: {
        id: '1763860499.12',
        name: 'PJSIP/alice-00000001',
        state: 'Up',
        callerNumber: '4711',
        dialled: '100',
        stasisApp: 'desk',
        createdAtWallMs: Date.UTC(2026, 10, 23, 1, 14, 59, 322),
      },
    });
  });

  it.each([
    [{ type: 'StasisEnd', channel }, { type: 'stasis-end' }],
    [
      { type: 'ChannelDestroyed', channel, cause: 16, cause_txt: 'Normal Clearing' },
      { type: 'channel-destroyed', cause: 16, causeText: 'Normal Clearing' },
    ],
    [{ type: 'ChannelHangupRequest', channel, cause: 16 }, { type: 'hangup-request' }],
    [
      { type: 'ChannelDtmfReceived', channel, digit: '#', duration_ms: 180 },
      { type: 'dtmf', digit: '#', durationMs: 180 },
    ],
    [
      { type: 'Dial', peer: channel, dialstatus: 'ANSWER' },
      { type: 'dial', status: 'ANSWER' },
    ],
  ])('translates %j', (raw, expected) => {
    expect(translate(raw)).toEqual({ ...expected, atMs: 7, channelId: channel.id });
  });

  it('tells that the application was replaced', () => {
    expect(translate({ type: 'ApplicationReplaced' })).toEqual({ type: 'application-replaced', atMs: 7 });
  });

  it.each([
    ['an unknown type', { type: 'SomethingOfAsterisk30', channel }],
    ['no type', { channel }],
    ['no channel', { type: 'StasisStart', args: [] }],
    ['a channel without id', { type: 'StasisEnd', channel: { name: 'x' } }],
    ['a digit that is none', { type: 'ChannelDtmfReceived', channel, digit: 'FAX' }],
    ['another application', { type: 'StasisEnd', channel, application: 'other' }],
  ])('ignores %s', (_, raw) => {
    expect(translate(raw)).toBeUndefined();
  });

  it.each(['', 'null', '[]', '{"type":'])('ignores the damaged message %j', (text) => {
    expect(translateMessage(text, 'desk', 0)).toBeUndefined();
  });

  it('knows no application for a channel outside Stasis', () => {
    const dialplan = { ...channel.dialplan, app_name: 'AppDial2', app_data: '(Outgoing Line)' };
    expect(translate({ type: 'StasisStart', channel: { ...channel, dialplan } })).toMatchObject({
      channel: { stasisApp: undefined },
    });
  });
});
