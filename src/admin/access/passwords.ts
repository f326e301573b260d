import { hash, verify } from '@node-rs/argon2';

/** OWASP’s choice for argon2id, which is the package’s default algorithm: 19 MiB, two passes, one lane. Runs on a thread of its own, never where calls are served. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export const passwordLength = { min: 12, max: 256 } as const;

export function hashPassword(password: string): Promise<string> {
  return hash(password, parameters);
}

/** As slow for a user who does not exist as for one who does: the answer's time tells nobody which names there are. */
export async function checkPassword(password: string, hashed: string | undefined): Promise<boolean> {
  const matches = await verify(hashed ?? (await nobody()), password);
  return matches && hashed !== undefined;
}

let nobodysHash: Promise<string> | undefined;

function nobody(): Promise<string> {
  return (nobodysHash ??= hashPassword('nobody has this password'));
}
