/** What this browser remembers for the page; undefined where it keeps nothing. */
export function remembered(name: string): string | undefined {
  try {
    return localStorage.getItem(`handrail.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`handrail.${name}`, value);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
