/**
 * Just enough of Asterisk's configuration language to tell what a file says: sections (also `[name](+)`), settings,
 * `#include`, comments after `;` and between `;--` and `--;`.
 */
export interface ConfLine {
  /** The section that the line stands in; empty before the first. */
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

/** Text of a file of the configuration folder; `undefined` when there is none of that name. */
export type ReadConf = (name: string) => string | undefined;

/** An include may lead back to where it came from. */
const DEEPEST_INCLUDE = 8;

/** All settings of a file in their order, those of included files where they are included. */
export function confLines(name: string, read: ReadConf): ConfLine[] {
  const lines: ConfLine[] = [];
  collect(name, read, { section: '' }, lines, 0);
  return lines;
}

/** The names of the sections, each once, in their order. */
export function sectionsOf(name: string, read: ReadConf): string[] {
  return [...new Set(confLines(name, read).map(({ section }) => section))].filter((section) => section !== '');
}

/** What Asterisk takes: the last setting of that name in the section. */
export function settingOf(name: string, section: string, key: string, read: ReadConf): string | undefined {
  return confLines(name, read).findLast((line) => line.section === section && line.key === key)?.value;
}

function collect(name: string, read: ReadConf, at: { section: string }, lines: ConfLine[], depth: number): void {
  const text = read(name);
  if (text === undefined || depth > DEEPEST_INCLUDE) return;
  for (const raw of withoutBlockComments(text).split('\n')) {
    const line = raw.replace(/(^|[^\\]);.*$/, '$1').trim();
    const included = /^#(?:try)?include\s+[<"]?([^>"]+?)[>"]?$/.exec(line)?.[1];
    if (included !== undefined) {
      collect(included, read, at, lines, depth + 1);
      continue;
    }
    const section = /^\[([^\]]+)\]/.exec(line)?.[1];
    if (section !== undefined) {
      at.section = section;
      lines.push({ section, key: '', value: '' });
      continue;
    }
    const setting = /^([^=]+?)\s*=>?\s*(.*)$/.exec(line);
    if (setting) lines.push({ section: at.section, key: setting[1] ?? '', value: setting[2] ?? '' });
  }
}

function withoutBlockComments(text: string): string {
  return text.replace(/;--(?!-)[\s\S]*?--;/g, '');
}

/** `yes`, `true`, `on`, `1`: as Asterisk's ast_true reads it. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(yes|true|y|t|1|on)$/i.test(value);
}
