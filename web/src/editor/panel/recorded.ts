import { createContext, useContext } from 'react';
import type { Flow } from '../../../../src/flow/schema.js';

/** What the fields of a panel need to know to give a text its recording. */
interface Recorded {
  readonly flow: Flow;
  /** Gives a text of a language a recording, or takes it away. */
  readonly onRecording: (language: string, text: string, name: string | undefined) => void;
}

/** Every text field of a panel has it: handed on by React, not by each form between. Absent: no recordings here. */
export const RecordedContext = createContext<Recorded | undefined>(undefined);

export function useRecorded(): Recorded | undefined {
  return useContext(RecordedContext);
}
