/** Handrail's own telephone caller: `handrail call`, doctor, the demonstration call, acceptance tests and benchmarks. */
export { SipCaller, SipRefusal, placeDefaults, type PlaceOptions } from './sip-caller.js';
export { CallerCall, type CallEnd, type CallerStats } from './caller-call.js';
export { Recording, type Segment } from './recording.js';
export { Distribution } from './distribution.js';
export type { Played } from './rtp-sender.js';
export type { CallerCodec } from './sdp.js';
export type { SipCredentials } from './digest.js';
