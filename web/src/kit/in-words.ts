import { errorText } from '../words/error-text.js';
import { words } from '../words/index.js';
import { ApiError } from './api.js';

/** An error as people read it: what happened and what to do. */
export function inWords(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.status === 413) return words.tooBig;
    return errorText(error);
  }
  if (error instanceof TypeError) return words.unreachable;
  return error instanceof Error ? error.message : String(error);
}
