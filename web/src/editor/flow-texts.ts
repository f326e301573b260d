import type { Flow } from '../../../src/flow/schema.js';

/** Changes of what a flow says in further languages. Pure: each gives a new document. */

type Languages = NonNullable<Flow['languages']>;
type TextsOfNodes = Languages[string];

/** @param text empty: the node has none in this language (any more) */
export function withText(flow: Flow, language: string, id: string, key: string, text: string): Flow {
  const nodes = flow.languages?.[language] ?? {};
  const { [key]: _before, ...others } = nodes[id] ?? {};
  const texts = text === '' ? others : { ...others, [key]: text };
  const { [id]: _texts, ...rest } = nodes;
  return {
    ...flow,
    languages: { ...flow.languages, [language]: Object.keys(texts).length === 0 ? rest : { ...rest, [id]: texts } },
  };
}

export function withLanguage(flow: Flow, language: string): Flow {
  return { ...flow, languages: { [language]: {}, ...flow.languages } };
}

/** Its texts go with it. */
export function withoutLanguage(flow: Flow, language: string): Flow {
  const { [language]: _gone, ...languages } = flow.languages ?? {};
  const { languages: _before, ...rest } = flow;
  return Object.keys(languages).length === 0 ? rest : { ...rest, languages };
}

/** The texts follow the name of their node; undefined: they go with it. */
export function withTextsOf(flow: Flow, name: (id: string) => string | undefined): Flow {
  if (!flow.languages) return flow;
  const moved = (nodes: TextsOfNodes): TextsOfNodes =>
    Object.fromEntries(
      Object.entries(nodes).flatMap(([id, texts]) => {
        const to = name(id);
        return to === undefined ? [] : [[to, texts]];
      }),
    );
  const languages = Object.entries(flow.languages).map(([language, nodes]) => [language, moved(nodes)] as const);
  return { ...flow, languages: Object.fromEntries(languages) };
}
