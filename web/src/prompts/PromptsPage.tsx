import type { Session } from '../kit/api.js';
import { Problem } from '../kit/problem.js';
import { promptWords, words } from '../words/index.js';
import { PromptRow } from './PromptRow.js';
import { usePrompts } from './prompts-api.js';
import { UploadForm } from './UploadForm.js';

/** Recordings that are played as prompts, made by telephone or uploaded. */
export function PromptsPage({ session }: { readonly session: Session }) {
  const prompts = usePrompts();
  const mayEdit = session.may.includes('flow:edit');
  const mayRemove = session.may.includes('flow:publish');
  return (
    <main>
      <h1>{words.prompts}</h1>
      <p className="quiet">{promptWords.hint}</p>
      {mayEdit && (
        <section className="card" aria-labelledby="upload-title">
          <h2 id="upload-title">{promptWords.uploadTitle}</h2>
          <UploadForm onAdded={() => undefined} />
        </section>
      )}
      <Problem of={prompts.error} />
      {prompts.data?.length === 0 && <p className="card">{promptWords.none}</p>}
      {prompts.data && prompts.data.length > 0 && (
        <table className="card prompts">
          <caption className="only-read">{words.prompts}</caption>
          <thead>
            <tr>
              <th scope="col">{words.name}</th>
              <th scope="col">{promptWords.length}</th>
              <th scope="col">{words.when}</th>
              <th scope="col">{promptWords.usedAt}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {prompts.data.map((prompt) => (
              <PromptRow key={prompt.name} prompt={prompt} mayName={mayEdit} mayRemove={mayRemove} />
            ))}
          </tbody>
        </table>
      )}
    </main>
  );
}
