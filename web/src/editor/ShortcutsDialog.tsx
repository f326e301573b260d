import { Dialog } from '../kit/dialog.js';
import { shortcutWords, words } from '../words/index.js';

const canvas = ['Arrows', 'Enter', 'F2', 'N', 'C', 'Delete', '/', 'Esc', '?'] as const;
const everywhere = ['Ctrl+S', 'Ctrl+K', 'Ctrl+Z', 'Ctrl+Y', 'Ctrl+C', 'Ctrl+X', 'Ctrl+V', 'Ctrl+A'] as const;

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title={words.keys} leave={words.close} onClose={onClose}>
      <h3>{words.keysInDrawing}</h3>
      <List keys={canvas} />
      <h3>{words.keysEverywhere}</h3>
      <List keys={everywhere} />
    </Dialog>
  );
}

function List({ keys }: { readonly keys: readonly (keyof typeof shortcutWords)[] }) {
  return (
    <dl className="shortcuts">
      {keys.map((key) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{shortcutWords[key]}</dd>
        </div>
      ))}
    </dl>
  );
}
