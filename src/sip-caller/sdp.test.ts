import { describe, expect, it } from 'vitest';
import { buildSdp, parseSdp } from './sdp.js';

describe('SDP', () => {
  it('reads back its own offer', () => {
    expect(parseSdp(buildSdp('127.0.0.2', 4000, ['alaw', 'ulaw']))).toEqual({
      host: '127.0.0.2',
      port: 4000,
      codec: 'alaw',
      eventType: 101,
    });
  });

  it("takes the other side's number for events, and the stream's own address", () => {
    const sdp =
      'v=0\nc=IN IP4 1.1.1.1\nm=audio 10 RTP/AVP 9 8 96\nc=IN IP4 2.2.2.2\na=rtpmap:96 telephone-event/8000\n';
    expect(parseSdp(sdp)).toEqual({ host: '2.2.2.2', port: 10, codec: 'alaw', eventType: 96 });
  });

  it('refuses what carries no G.711 audio', () => {
    expect(parseSdp('')).toBeUndefined();
    expect(parseSdp('c=IN IP4 1.1.1.1\r\nm=audio 10 RTP/AVP 9\r\n')).toBeUndefined();
    expect(parseSdp('c=IN IP4 1.1.1.1\r\nm=audio 0 RTP/AVP 0\r\n')).toBeUndefined();
    expect(parseSdp('m=audio 10 RTP/AVP 0\r\n')).toBeUndefined();
  });
});
