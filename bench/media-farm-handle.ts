import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { FarmCommand, FarmReport } from './media-farm.js';

type ReportOf<Type extends FarmReport['type']> = Extract<FarmReport, { type: Type }>;

/** The bench's end of a farm of far ends (media-farm.ts), which runs in a process of its own. */
export class FarmHandle {
  private constructor(
    private readonly child: ChildProcess,
    /** The UDP port on 127.0.0.1 that its far ends share. */
    readonly port: number,
  ) {}

  static async start(): Promise<FarmHandle> {
    const child = fork(new URL('./media-farm.js', import.meta.url), { serialization: 'advanced' });
    const [ready] = (await once(child, 'message')) as [ReportOf<'ready'>];
    return new FarmHandle(child, ready.port);
  }

  send(command: FarmCommand): void {
    this.child.send(command);
  }

  /** Sends a command and resolves with the next report of that type. */
  ask<Type extends FarmReport['type']>(command: FarmCommand, type: Type): Promise<ReportOf<Type>> {
    return new Promise((resolve) => {
      const listen = (report: FarmReport): void => {
        if (!isOf(report, type)) return;
        this.child.off('message', listen);
        resolve(report);
      };
      this.child.on('message', listen);
      this.send(command);
    });
  }

  stop(): void {
    if (this.child.connected) this.child.disconnect();
  }
}

function isOf<Type extends FarmReport['type']>(report: FarmReport, type: Type): report is ReportOf<Type> {
  return report.type === type;
}
