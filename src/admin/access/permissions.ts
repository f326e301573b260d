import type { Role } from '../../store/access-port.js';

/** What can be allowed. Roles have them, and API tokens are given them one by one, as scopes. */
export const permissions = {
  'calls:read': 'see live and past calls, with what callers said',
  'calls:control': 'decide how new calls are served, move calls that are up, and try a flow by telephone',
  'calls:record': 'record calls that are up, capture their packets, and listen to recordings',
  'calls:listen': 'listen to calls that are up',
  'flow:read': 'see the flow, its versions and findings, and simulate it',
  'flow:edit': 'save the draft',
  'flow:publish': 'make a version go live, and roll back',
  'access:manage': 'manage users and API tokens',
  'audit:read': 'read the audit log',
} as const;

export type Permission = keyof typeof permissions;

export const allPermissions = Object.keys(permissions) as readonly Permission[];

const viewer = ['calls:read', 'flow:read'] as const satisfies readonly Permission[];
const editor = [...viewer, 'flow:edit'] as const satisfies readonly Permission[];
const publisher = [...editor, 'flow:publish', 'calls:control'] as const satisfies readonly Permission[];

/** Each role may do what the one before it may, and more. */
export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  viewer,
  editor,
  publisher,
  admin: allPermissions,
};

export const roles = Object.keys(rolePermissions) as readonly Role[];

export function isPermission(text: string): text is Permission {
  return Object.hasOwn(permissions, text);
}
