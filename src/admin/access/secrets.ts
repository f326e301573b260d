import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 bits by chance, fit for a URL. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of a secret. One round is enough: 256 random bits cannot be guessed, unlike a password. */
export function hashOfSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}
