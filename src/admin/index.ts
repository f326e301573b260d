export { createAdmin } from './server.js';
export type { Admin, AdminDeps, AdminOptions } from './server.js';
export { LiveBoard } from './live-board.js';
export type { AdmissionReport, HealthPart, HealthReport, LiveCall, LiveCalls, LiveEvent, LiveMessage } from './live.js';
