import type { Change } from './plan.js';

/** A change for people, in the manner of `diff -u`. The kit only adds to files of the PBX, so their own lines are not repeated. */
export function showChange({ file, before, after }: Change): string {
  const added = before !== undefined && after.startsWith(before) ? after.slice(before.length) : after;
  const removed = added === after && before !== undefined ? before : '';
  const where =
    before === undefined
      ? 'new file'
      : removed === ''
        ? 'at the end'
        : 'in place of what an earlier installation wrote';
  return [`+++ ${file} (${where})`, ...marked('-', removed), ...marked('+', added)].join('\n');
}

/** A password is not for the screen, nor for the log that keeps it. */
function marked(mark: string, text: string): string[] {
  const lines = text.replace(/\n$/, '').split('\n');
  return text === '' ? [] : lines.map((line) => mark + line.replace(/^(password = ).+/, '$1(hidden)'));
}
