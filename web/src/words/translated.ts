/** The same shape with other sentences. */
export type Translated<T> = T extends string
  ? string
  : T extends (...args: infer A) => string
    ? (...args: A) => string
    : { readonly [Key in keyof T]: Translated<T[Key]> };
