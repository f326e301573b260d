import type { NodeKind } from '../../../src/flow/schema.js';

/** One stroke picture a kind, 16 × 16. A kind that this page does not know yet is a dot. */
const pictures: Readonly<Partial<Record<NodeKind, string>>> = {
  say: 'M3 6v4h3l4 3V3L6 6zM12.5 5.5a4 4 0 0 1 0 5',
  menu: 'M2.5 4h1M2.5 8h1M2.5 12h1M6 4h7.5M6 8h7.5M6 12h7.5',
  collect: 'M3 3h2v2H3zM7 3h2v2H7zM11 3h2v2h-2zM3 7h2v2H3zM7 7h2v2H7zM11 7h2v2h-2zM7 11h2v2H7z',
  form: 'M3 2.5h10v11H3zM5.5 6h5M5.5 9h5M5.5 11.5h2.5',
  converse: 'M2.5 3h11v7.5H7l-3 2.5v-2.5H2.5zM5 6h6M5 8h4',
  directory: 'M3 2.5h10v11H3zM8 4.8a1.8 1.8 0 1 0 0 3.6a1.8 1.8 0 0 0 0-3.6zM5 11.8c.6-2.4 5.4-2.4 6 0',
  hours: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 5v3.2l2.2 1.6',
  branch: 'M2.5 8H6l4-4.5h3.5M6 8l4 4.5h3.5M11.5 1.8l2 1.7-2 1.7M11.5 10.8l2 1.7-2 1.7',
  set: 'M3 5.5h10M3 10.5h10',
  language: 'M2 4h7M5.5 2.5V4M8 4c-1 3-3 5-6 6M4 6c1 2 3 3.5 5 4M8 13.5l3-7 3 7M9.2 11h3.6',
  subflow: 'M2.5 3.5h11v9h-11zM5 8h6M9 6l2 2-2 2',
  return: 'M13 4v5H4M6.5 6.5L4 9l2.5 2.5',
  tool: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM2.3 8h11.4M8 2c-4 4-4 8 0 12M8 2c4 4 4 8 0 12',
  transfer:
    'M3.2 2.8l2.3-.6 1.3 3-1.4 1.1a8 8 0 0 0 4.3 4.3l1.1-1.4 3 1.3-.6 2.3a1.5 1.5 0 0 1-1.6 1A10.5 10.5 0 0 1 2.2 4.4a1.5 1.5 0 0 1 1-1.6z',
  voicemail: 'M4.5 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM11.5 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM4.5 10.5h7',
  callback: 'M8 2a6 6 0 1 1-5.7 4.1M2.3 2.5v3.6h3.6M8 5v3.2l2.2 1.6',
  hangup: 'M1.8 9.6c3.6-3.8 8.800-3.80 12.4 0l-1.6 1.7-2.4-1.1v-1.7a7 7 0 0 0-4.4 0v1.7l-2.4 1.1z',
};

export function KindIcon({ kind }: { readonly kind: NodeKind }) {
  return (
    <svg className={`kind-icon kind-${kind}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={pictures[kind] ?? 'M8 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z'} />
    </svg>
  );
}
