export { createAdmin } from './server.js';
export type { TlsFiles } from './tls.js';
export type { Admin, AdminDeps, AdminOptions } from './server.js';
export { Auditor } from './audit.js';
export { LiveBoard } from './live-board.js';
export type { AdmissionReport, HealthPart, HealthReport, LiveCall, LiveCalls, LiveEvent, LiveMessage } from './live.js';
export { Gate } from './access/gate.js';
export { keepLocalToken } from './access/local-token.js';
