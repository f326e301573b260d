/** The part of `ari-client` 2.2.0 that Handrail uses; the package has no types. */
declare module 'ari-client' {
  /** Operations by name; which there are is read from Asterisk when connecting. */
  export type Resource = Readonly<
    Record<string, ((parameters: Readonly<Record<string, unknown>>) => PromiseLike<unknown>) | undefined>
  >;
  export interface Client {
    readonly applications: Resource;
    readonly asterisk: Resource;
    readonly bridges: Resource;
    readonly channels: Resource;
  }
  export function connect(url: string, user: string, password: string): PromiseLike<Client>;
  const ariClient: { readonly connect: typeof connect };
  export default ariClient;
}
