import type { NodeKind } from '../../../src/flow/schema.js';
import { KindIcon } from '../kit/kinds.js';
import { kindHints, kindWords, words } from '../words/index.js';
import { newKinds } from './flow-edit.js';

/** The type under which a kind is dragged from the palette to the drawing. */
export const KIND_DRAG = 'application/x-handrail-kind';

/** What can be added: by a click, by dragging it onto the drawing, or by the key N. */
export function Palette({ onAdd }: { readonly onAdd: (kind: NodeKind) => void }) {
  return (
    <section className="palette" aria-label={words.palette}>
      <h2>{words.add}</h2>
      <ul>
        {newKinds.map((kind) => (
          <li key={kind}>
            <button
              type="button"
              className={`kind-${kind}`}
              title={kindHints[kind]}
              draggable
              onDragStart={({ dataTransfer }) => dataTransfer.setData(KIND_DRAG, kind)}
              onClick={() => onAdd(kind)}
            >
              <KindIcon kind={kind} />
              {kindWords[kind]}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
