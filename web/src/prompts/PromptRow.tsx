import { useState, type FormEvent } from 'react';
import { duration } from '../calls/format.js';
import { api } from '../kit/api.js';
import { Problem } from '../kit/problem.js';
import { Remove } from '../kit/remove.js';
import { promptWords, words } from '../words/index.js';
import { pathOf, usePromptChange, type Prompt } from './prompts-api.js';

interface Props {
  readonly prompt: Prompt;
  readonly mayName: boolean;
  readonly mayRemove: boolean;
}

/** One recording: to be heard, with where it is played; and while that is nowhere, to be named and deleted. */
export function PromptRow({ prompt, mayName, mayRemove }: Props) {
  const { name, lengthMs, madeAtWallMs, isUsed } = prompt;
  const [naming, setNaming] = useState(false);
  const rename = usePromptChange((title: string) => api(pathOf(name), { method: 'PATCH', body: { title } }));
  const remove = usePromptChange(() => api(pathOf(name), { method: 'DELETE' }));
  const error = rename.error ?? remove.error;
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    rename.mutate(String(new FormData(event.currentTarget).get('title')), { onSuccess: () => setNaming(false) });
  };
  return (
    <tr>
      <th scope="row">
        <span className="prompt-name">
          {titleOf(name)}
          <span className="quiet">{name.slice(titleOf(name).length)}</span>
        </span>
        {naming && (
          <form className="row together" onSubmit={send}>
            <input
              name="title"
              required
              maxLength={100}
              autoComplete="off"
              autoFocus
              aria-label={promptWords.title}
              defaultValue={titleOf(name)}
            />
            <button type="submit" disabled={rename.isPending}>
              {promptWords.rename}
            </button>
          </form>
        )}
        {error && <Problem of={error} />}
      </th>
      <td>{duration(lengthMs)}</td>
      <td>
        <time dateTime={new Date(madeAtWallMs).toISOString()}>{new Date(madeAtWallMs).toLocaleString()}</time>
      </td>
      <td>
        <Uses prompt={prompt} />
      </td>
      <td>
        <audio controls preload="none" aria-label={`${words.listenTo}: ${name}`} src={pathOf(name)} />
        {!isUsed && (mayName || mayRemove) && (
          <div className="row">
            {mayName && (
              <button
                type="button"
                aria-label={`${promptWords.rename}: ${name}`}
                aria-expanded={naming}
                onClick={() => setNaming(!naming)}
              >
                {promptWords.rename}…
              </button>
            )}
            {mayRemove && <Remove name={name} disabled={remove.isPending} onRemove={() => remove.mutate(undefined)} />}
          </div>
        )}
      </td>
    </tr>
  );
}

function Uses({ prompt: { draftNodes, liveNodes, isUsed } }: { readonly prompt: Prompt }) {
  if (!isUsed) return <span className="quiet">{promptWords.unused}</span>;
  if (draftNodes.length + liveNodes.length === 0) return <span className="quiet">{promptWords.usedElsewhere}</span>;
  return (
    <ul className="uses">
      {liveNodes.length > 0 && <li>{promptWords.liveAt(liveNodes.join(', '))}</li>}
      {draftNodes.length > 0 && <li>{promptWords.draftAt(draftNodes.join(', '))}</li>}
    </ul>
  );
}

/** What somebody has called it: without the hash. */
function titleOf(name: string): string {
  return name.slice(0, name.lastIndexOf('-'));
}
