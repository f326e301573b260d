import type { Flow } from './schema.js';

/** What publishing needs of the store; see `FlowVersionStore`. */
export interface VersionKeeper {
  published(flowId: string): Promise<{ readonly version: number; readonly json: string } | undefined>;
  saveDraft(draft: {
    readonly flowId: string;
    readonly json: string;
    readonly note: string;
    readonly createdAtWallMs: number;
  }): Promise<{ readonly version: number }>;
  publish(flowId: string, version: number): Promise<unknown>;
}

/**
 * Makes the flow of the file the published version: a new one when it differs from what is published, else none.
 *
 * @returns the version number that calls of this flow carry in their record
 */
export async function publishFromFile(
  keeper: VersionKeeper,
  flow: Flow,
  file: string,
  wallMs: number,
): Promise<number> {
  const json = JSON.stringify(flow);
  const present = await keeper.published(flow.id);
  if (present?.json === json) return present.version;
  const { version } = await keeper.saveDraft({
    flowId: flow.id,
    json,
    note: `read from ${file}`,
    createdAtWallMs: wallMs,
  });
  await keeper.publish(flow.id, version);
  return version;
}
