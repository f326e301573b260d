/**
 * What callers may say for an option, proposed from its label: the label itself, its parts, and the usual ways to ask for it.
 * For people to look over; the lint tells which of them collide.
 */
export function proposedPhrases(label: string, isPerson: boolean): string[] {
  const whole = plain(label);
  const parts = whole.split(/ (?:and|or) /).filter((part) => part !== '' && part !== whole);
  const asked = isPerson ? [`talk to ${whole}`, `connect me to ${whole}`] : [`I want ${whole}`];
  return [...new Set([whole, `${whole} please`, ...asked, ...parts])];
}

/** Words only: “Sales & Orders” → “sales and orders”. */
function plain(label: string): string {
  return label
    .toLowerCase()
    .replace(/[&+/,]/g, ' and ')
    .replace(/[^\p{L}\p{N}' ]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** A name for people out of one for machines: `main-menu`, `ivr_MainMenu` → “main menu”. */
export function readable(name: string): string {
  return name
    .replace(/^.*\//, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[-_.]+/g, ' ')
    .trim()
    .toLowerCase();
}
