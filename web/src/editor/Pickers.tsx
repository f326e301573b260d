import type { Flow, NodeKind } from '../../../src/flow/schema.js';
import { KindIcon } from '../kit/kinds.js';
import { Picker, type PickerItem } from '../kit/picker.js';
import { kindHints, kindWords, words } from '../words/index.js';
import type { WayEnd } from './Canvas.js';
import { newKinds } from './flow-edit.js';
import { NEW_WAY, rowsOf } from './flow-layout.js';
import { labelOf } from './way-label.js';

/** What is being chosen: a node to go to, a kind to add, which way of a node to lead, and whereto. */
export type Picking =
  | { readonly type: 'find' }
  | { readonly type: 'add'; readonly from?: WayEnd }
  | { readonly type: 'way'; readonly from: string }
  | { readonly type: 'target'; readonly from: WayEnd };

interface Props {
  readonly picking: Picking;
  readonly flow: Flow;
  readonly onPicking: (next: Picking | undefined) => void;
  readonly onFound: (id: string) => void;
  readonly onAdd: (kind: NodeKind, from?: WayEnd) => void;
  readonly onConnect: (way: WayEnd, to: string) => void;
}

const NEW_KIND = 'new ';

/** Everything that the mouse draws, by names: this is how ways are drawn with the keyboard. */
export function Pickers({ picking, flow, onPicking, onFound, onAdd, onConnect }: Props) {
  const close = (): void => onPicking(undefined);
  switch (picking.type) {
    case 'find':
      return (
        <Picker
          key="find"
          title={words.findNode}
          items={nodesOf(flow)}
          onClose={close}
          onPick={(id) => {
            close();
            onFound(id);
          }}
        />
      );
    case 'add':
      return (
        <Picker
          key="add"
          title={words.addNode}
          items={kindsOf('')}
          onClose={close}
          onPick={(kind) => {
            close();
            onAdd(kind as NodeKind, picking.from);
          }}
        />
      );
    case 'way': {
      const node = flow.nodes[picking.from];
      const fields = node ? rowsOf(node) : [];
      const [only] = fields;
      if (fields.length === 1 && only !== undefined)
        return (
          <Pickers
            {...{ flow, onPicking, onFound, onAdd, onConnect }}
            picking={{ type: 'target', from: { from: picking.from, field: only } }}
          />
        );
      return (
        <Picker
          key="way"
          title={words.whichWay(picking.from)}
          items={fields.map((field) => ({
            id: field,
            label: field === NEW_WAY || !node ? words.newWay : labelOf(node, field),
          }))}
          onClose={close}
          onPick={(field) => onPicking({ type: 'target', from: { from: picking.from, field } })}
        />
      );
    }
    case 'target':
      return (
        <Picker
          key="target"
          title={words.whereTo}
          items={[...nodesOf(flow), ...kindsOf(NEW_KIND)]}
          onClose={close}
          onPick={(id) => {
            close();
            if (id.startsWith(NEW_KIND)) onAdd(id.slice(NEW_KIND.length) as NodeKind, picking.from);
            else onConnect(picking.from, id);
          }}
        />
      );
  }
}

function nodesOf(flow: Flow): readonly PickerItem[] {
  return Object.entries(flow.nodes).map(([id, node]) => ({
    id,
    label: id,
    hint: 'prompt' in node && node.prompt !== undefined ? node.prompt : kindWords[node.kind],
    icon: <KindIcon kind={node.kind} />,
  }));
}

function kindsOf(prefix: string): readonly PickerItem[] {
  return newKinds.map((kind) => ({
    id: `${prefix}${kind}`,
    label: prefix === '' ? kindWords[kind] : words.newOf(kindWords[kind]),
    hint: kindHints[kind],
    icon: <KindIcon kind={kind} />,
  }));
}
