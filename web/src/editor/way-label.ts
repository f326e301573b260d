import type { FlowNode } from '../../../src/flow/schema.js';
import { words } from '../words/index.js';

/** A way as people call it: the key and the label, or what must be the case. */
export function labelOf(node: FlowNode, field: string): string {
  const index = Number(/\.(\d+)\./.exec(field)?.[1]);
  switch (node.kind) {
    case 'menu':
    case 'converse': {
      if (node.kind === 'menu' && field.startsWith('directDial.'))
        return words.dialled(node.directDial?.[index]?.number ?? field);
      const option = (node.kind === 'menu' ? node.options : node.exits)[index];
      return option ? `${option.key} · ${option.label}` : field;
    }
    case 'branch': {
      const branch = node.cases[index];
      return branch
        ? `${branch.variable} = ${branch.is.map((value) => value || words.notSet).join(', ')}`
        : words.otherwise;
    }
    case 'hours':
      return field === 'whenOpen' ? words.whenOpen : words.whenClosed;
    case 'transfer':
    case 'directory':
      return words.nobodyThere;
    case 'subflow':
      return field === 'start' ? words.subflowBegin : words.then;
    case 'tool':
    case 'callback':
      return field === 'failed' ? words.toolFailed : words.then;
    default:
      return field === 'next' ? words.then : field;
  }
}
