import { Type } from 'typebox';
import type { FlowDesk } from '../flow/desk.js';
import { parseFlow } from '../flow/load.js';
import type { Flow } from '../flow/schema.js';
import type { FlowVersion } from '../flow/version-book.js';

/** What the routes about flows share. */

/** The biggest flow that is taken. */
export const MAX_FLOW_BYTES = 5 * 1024 * 1024;

export const Why = Type.String({ minLength: 1, maxLength: 500, description: 'For the history.' });

/** Any document: half a flow is a draft too. */
export const Document = Type.Unknown({ description: 'A flow, see docs/reference/flow.md.' });

/** The document; what is live where there is none. @throws HandrailError HR_FLOW_INVALID */
export function flowOf(document: unknown, desk: FlowDesk): Flow {
  return document === undefined ? desk.live.flow : parseFlow(document, 'flow');
}

export function headOf({ version, author, why, publishedAtWallMs, origin, restores }: FlowVersion) {
  return { version, author, why, publishedAtWallMs, origin, restores };
}
