import type { Flow } from '../../../src/flow/schema.js';

/** What somebody had on their page and had not saved, kept in the browser: the server may be away, or the tab may close. */
export interface KeptDraft {
  /** Of the server's draft that it was made from. */
  readonly revision: number;
  /** The version that was live then. */
  readonly live: number;
  readonly flow: Flow;
  /** What it was made from, for a merge. */
  readonly base: Flow;
}

const DATABASE = 'handrail';
const STORE = 'drafts';
/** A controller serves one flow: one draft is kept for each address. */
const KEY = 'flow';

/** IndexedDB rather than local storage: a flow may have 5 MB. */
function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
}

async function act<Result>(
  mode: IDBTransactionMode,
  what: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result> {
  const database = await open();
  try {
    return await new Promise<Result>((resolve, reject) => {
      const request = what(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
    });
  } finally {
    database.close();
  }
}

/** @returns undefined also where the browser keeps nothing (a private window) */
export async function keptDraft(): Promise<KeptDraft | undefined> {
  try {
    return await act('readonly', (store) => store.get(KEY) as IDBRequest<KeptDraft | undefined>);
  } catch {
    return undefined;
  }
}

/** @param draft undefined: it is saved, and forgotten here */
export async function keepDraft(draft: KeptDraft | undefined): Promise<void> {
  try {
    if (draft) await act('readwrite', (store) => store.put(draft, KEY));
    else await act('readwrite', (store) => store.delete(KEY));
  } catch {
    // Without a place to keep it, the page is as it was before: what is not saved goes with the tab.
  }
}
