import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import type { AuditLog } from '../store/audit-port.js';

export interface AuditedAct {
  readonly action: string;
  readonly subject: string;
  readonly from?: string;
  readonly to?: string;
}

/** Writes who did what into the audit log, and the entry's number and hash into the log: a witness outside the database. */
export class Auditor {
  constructor(
    private readonly book: AuditLog,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  async wrote(who: string, { action, subject, from = '', to = '' }: AuditedAct): Promise<void> {
    const atWallMs = Math.round(this.clock.wallMs());
    const { seq, hash } = await this.book.append({ atWallMs, who, action, subject, from, to });
    this.log.info({ who, action, subject, seq, hash }, 'audit');
  }
}
