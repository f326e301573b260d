export type FindingCode =
  | 'edge-to-nowhere'
  | 'unreachable'
  | 'loop-without-exit'
  | 'no-way-to-a-person'
  | 'unknown-language'
  | 'keypad-language'
  | 'missing-translation'
  | 'unused-translation'
  | 'unused-recording'
  | 'unknown-recording'
  | 'no-voice'
  | 'consent-entity'
  | 'duplicate-key'
  | 'duplicate-option'
  | 'duplicate-phrase'
  | 'duplicate-slot'
  | 'duplicate-value'
  | 'unknown-slot'
  | 'slot-without-example'
  | 'no-required-slot'
  | 'unknown-variable'
  | 'example-without-slot'
  | 'range'
  | 'hours'
  | 'unbalanced-template'
  | 'empty-directory'
  | 'same-person'
  | 'same-sound'
  | 'no-way-by-keys'
  | 'long-key-list'
  | 'phrase-collision'
  | 'unknown-target'
  | 'return-outside'
  | 'no-return'
  | 'subflow-in-itself'
  | 'tool-service'
  | 'tool-body'
  | 'tool-secret'
  | 'tool-not-allowed';

/** Something that the schema allows, but that will not do what its author wants. */
export interface Finding {
  readonly code: FindingCode;
  /** `error`: the flow cannot be published. */
  readonly severity: 'error' | 'warning';
  /** The node it is about; `flow` for the head. */
  readonly nodeId: string;
  readonly message: string;
  /** What to do about it. */
  readonly mend: string;
}
