/** A name from elsewhere (a channel's id is Asterisk's, or whoever's that placed the call) as a part of a file's name: never of a path. */
export function asFileName(name: string): string {
  return name.replace(/[^\w.-]/g, '_');
}
