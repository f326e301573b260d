import type { Role } from '../../store/access-port.js';
import type { Permission } from './permissions.js';

/** Who asks, and what they may. */
export type Principal =
  | {
      readonly kind: 'user';
      readonly name: string;
      readonly role: Role;
      readonly may: ReadonlySet<Permission>;
      readonly sessionHash: string;
      readonly csrf: string;
    }
  | { readonly kind: 'token'; readonly name: string; readonly may: ReadonlySet<Permission>; readonly hash: string };

/** As the history and the audit log write it. */
export function nameOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.name : `token ${principal.name}`;
}
