import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import MarkdownIt from 'markdown-it';
import { projectRoot } from './lib/where.mjs';

/**
 * Makes the documentation a site: dist/docs, served by the controller under /docs/ and readable from the disk as well. No
 * framework, because the page’s rules allow neither inline scripts nor anything from elsewhere. A link that leads nowhere
 * fails the build.
 */
const out = join(projectRoot, 'dist/docs');
const docs = join(projectRoot, 'docs');

/** The order of the menu. */
const menu = [
  ['Begin', ['README.md', 'docs/guides/first-call.md', 'docs/guides/editing-flows.md', 'docs/guides/importing.md']],
  [
    'Install',
    [
      'docs/guides/existing-asterisk.md',
      'docs/guides/freepbx.md',
      'docs/guides/containers.md',
      'docs/guides/air-gapped.md',
      'docs/guides/going-live.md',
    ],
  ],
  [
    'Operate',
    [
      'docs/guides/runbook.md',
      'docs/guides/doctor.md',
      'docs/guides/sizing.md',
      'docs/failure-modes.md',
      'docs/security.md',
    ],
  ],
  ['Reference', pagesIn('docs/reference')],
  [
    'Inside',
    [
      'docs/architecture.md',
      'docs/latency.md',
      'docs/benchmarks.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      ...pagesIn('docs/adr'),
    ],
  ],
];

// A page that nobody has put into the menu yet is there all the same.
const listed = menu.flatMap(([, paths]) => paths);
menu[0][1].push(...[...pagesIn('docs'), ...pagesIn('docs/guides')].filter((path) => !listed.includes(path)));
const pages = menu.flatMap(([, paths]) => paths);

const dead = [];
const found = [];
const texts = new Map(pages.map((path) => [path, readFileSync(join(projectRoot, path), 'utf8')]));
const markdown = new MarkdownIt({ html: true, linkify: false });

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const [path, text] of texts) writePage(path, text);
if (dead.length > 0) fail(dead);
writeFileSync(join(out, 'search.json'), JSON.stringify(found));
cpSync(join(docs, 'images'), join(out, 'images'), { recursive: true });
for (const name of ['site.css', 'site.js']) cpSync(join(projectRoot, 'scripts/docs-site', name), join(out, name));
console.log(`${pages.length} pages, ${found.length} sections to search in ${relative(projectRoot, out)}`);

function pagesIn(folder) {
  return readdirSync(join(projectRoot, folder))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** `docs/guides/doctor.md` → `guides/doctor.html`; the README is the site’s first page. */
function targetOf(path) {
  if (path === 'README.md') return 'index.html';
  // Two folders have a README of their own.
  return path
    .replace(/^docs\//, '')
    .replace(/README\.md$/, 'index.md')
    .replace(/\.md$/, '.html');
}

function writePage(path, text) {
  const tokens = markdown.parse(text, {});
  let section = { title: titleOf(path), anchor: '', words: [] };
  const finish = () =>
    found.push({
      page: targetOf(path),
      title: titleOf(path),
      heading: section.title,
      anchor: section.anchor,
      text: section.words.join(' '),
    });
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'heading_open') {
      const title = plain(tokens[index + 1]);
      const anchor = slug(title);
      token.attrSet('id', anchor);
      finish();
      section = { title, anchor, words: [] };
    }
    if (token.type === 'inline') {
      section.words.push(plain(token));
      for (const child of token.children) mendLink(path, child);
    }
    if (token.type === 'fence') section.words.push(token.content);
    if (token.type.startsWith('html')) token.content = withoutLinks(path, token.content);
  }
  finish();
  const target = join(out, targetOf(path));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, frame(path, markdown.renderer.render(tokens, markdown.options, {})));
}

function mendLink(path, token) {
  const name = { link_open: 'href', image: 'src' }[token.type];
  const to = name && token.attrGet(name);
  if (!to || /^[a-z]+:/.test(to)) return;
  token.attrSet(name, mended(path, to));
}

/** Pictures and links that stand as HTML in a page. */
function withoutLinks(path, html) {
  return html.replace(/\b(src|srcset|href)="([^"]+)"/g, (whole, name, to) =>
    /^[a-z]+:/.test(to) ? whole : `${name}="${mended(path, to)}"`,
  );
}

/** Where a link of a page leads in the site. What is in the project but not in the site is shown as it is named. */
function mended(path, to) {
  const [file, anchor] = to.split('#');
  const goal = file === '' ? path : relative(projectRoot, resolve(projectRoot, dirname(path), file));
  const isPage = texts.has(goal);
  if (!existsSync(join(projectRoot, goal))) dead.push(`${path}: ${to} is not there`);
  if (isPage && anchor && !anchorsOf(goal).has(anchor)) dead.push(`${path}: ${to} has no such heading`);
  const here = dirname(targetOf(path));
  if (goal.startsWith('docs/images/')) return relative(here, goal.slice('docs/'.length));
  return isPage ? `${relative(here, targetOf(goal))}${anchor ? `#${anchor}` : ''}` : '#';
}

function anchorsOf(path) {
  return new Set([...texts.get(path).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => slug(heading)));
}

/** As GitHub makes them. */
function slug(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function plain(token) {
  return token.children.map((child) => (child.type === 'softbreak' ? ' ' : child.content)).join('');
}

function titleOf(path) {
  return /^# (.+)$/m.exec(texts.get(path))?.[1] ?? basename(path, '.md');
}

function frame(path, body) {
  const here = dirname(targetOf(path));
  const up = relative(here, '.') === '' ? '.' : relative(here, '.');
  const link = (to) =>
    `<a href="${relative(here, targetOf(to))}"${to === path ? ' aria-current="page"' : ''}>${escaped(titleOf(to))}</a>`;
  const groups = menu.map(([name, paths]) => {
    const open = paths.includes(path) || name !== 'Inside' ? ' open' : '';
    return `<details${open}><summary>${name}</summary>${paths.map(link).join('')}</details>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(titleOf(path))} · Handrail</title>
<link rel="stylesheet" href="${up}/site.css">
<script src="${up}/site.js" data-root="${up}" defer></script>
</head>
<body>
<nav><form role="search"><input type="search" placeholder="Search" aria-label="Search the documentation"></form><ol id="found" aria-live="polite"></ol>${groups.join('')}</nav>
<main>${body}</main>
</body>
</html>
`;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('`', '');
}

function fail(lines) {
  console.error(lines.join('\n'));
  process.exit(1);
}
