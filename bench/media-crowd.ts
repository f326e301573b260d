import { randomBytes } from 'node:crypto';
import { systemClock } from '../src/kernel/clock.js';
import { openDatagrams } from '../src/sip-caller/datagrams.js';
import { buildSdp, parseSdp } from '../src/sip-caller/sdp.js';
import { SipDialog } from '../src/sip-caller/sip-dialog.js';
import type { FarEnds } from './media-far-ends.js';

/** Where Asterisk takes test callers from. */
const HOST = '127.0.0.2';
/** How far apart in the clip two neighbours begin, in frames. */
const APART_FRAMES = 37;

export interface CrowdCall {
  readonly host: string;
  readonly port: number;
  readonly extension: string;
  readonly callerId: string;
  readonly clip: Uint8Array;
  /** Its number among the others. */
  readonly index: number;
}

/**
 * One of many callers: the SIP of our own telephone, and audio that is sent and measured but neither kept nor listened to, so
 * that two hundred of them leave the machine to what is measured. Resolves when it was answered, or never.
 */
export async function placeCrowdCall(ends: FarEnds, call: CrowdCall): Promise<void> {
  const end = await ends.open(HOST);
  const signalling = await openDatagrams(HOST);
  const connect = (sdp: string): void => {
    const answer = parseSdp(sdp);
    if (answer) end.call(answer, call.clip, call.index * APART_FRAMES);
  };
  await new Promise<void>((resolve) => {
    const dialog = new SipDialog({
      clock: systemClock,
      local: signalling.local,
      target: `sip:${call.extension}@${call.host}:${call.port}`,
      callerNumber: call.callerId,
      credentials: undefined,
      sdp: buildSdp(end.socket.local.host, end.socket.local.port, ['ulaw']),
      token: () => randomBytes(8).toString('hex'),
      send: (text) => signalling.send(Buffer.from(text), call),
      onEvent: (event) => {
        if (event.type === 'answered' || event.type === 'moved') connect(event.sdp);
        if (event.type === 'answered') resolve();
        if (event.type !== 'ended') return;
        ends.close(end);
        signalling.close();
      },
    });
    signalling.listen((bytes) => dialog.receive(bytes.toString('utf8')));
    dialog.start();
  });
}
