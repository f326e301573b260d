/** Where an entity's arcs begin and end, and where a value that stops half-way leads to. */
export interface EntityPlace {
  readonly from: number;
  readonly to: number;
  readonly open: number;
  readonly slot: string;
}

/** Log-probability cost of stopping in the middle: it must be heard clearly to win over a whole sentence. */
export const openWeight = -5;
