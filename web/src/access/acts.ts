import type { ApiRequest, Session } from '../kit/api.js';

/** A change of who may do what. */
export interface Act extends ApiRequest {
  readonly path: string;
  /** Says of the answer what is shown this once. */
  readonly tells?: (answer: Answer) => Told;
}

export interface Answer {
  readonly invitation?: string;
  readonly token?: string;
}

export interface Told {
  readonly title: string;
  readonly secret: string;
}

export interface PartProps {
  readonly session: Session;
  readonly onAct: (act: Act) => void;
}
