import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** The bench's end of a process that speaks in commands and reports with a `type`. */
export class ChildHandle<Command extends object, Report extends { readonly type: string }> {
  private constructor(private readonly child: ChildProcess) {}

  /** @param script its compiled file; its first report says that it is ready */
  static async start<Command extends object, Report extends { readonly type: string }>(
    script: URL,
  ): Promise<ChildHandle<Command, Report>> {
    const child = fork(script, { serialization: 'advanced' });
    await once(child, 'message');
    return new ChildHandle(child);
  }

  send(command: Command): void {
    this.child.send(command);
  }

  /** Sends a command and resolves with the next report of that type. */
  ask<Type extends Report['type']>(command: Command, type: Type): Promise<Extract<Report, { type: Type }>> {
    return new Promise((resolve) => {
      const listen = (report: Report): void => {
        if (!isOf<Report, Type>(report, type)) return;
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

function isOf<Report extends { readonly type: string }, Type extends Report['type']>(
  report: Report,
  type: Type,
): report is Extract<Report, { type: Type }> {
  return report.type === type;
}
