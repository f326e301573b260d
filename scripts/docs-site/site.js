/* global document */
/** Search without a server: every section of every page, loaded at the first key. */
const { root } = document.currentScript.dataset;
const input = document.querySelector('nav input');
const list = document.querySelector('#found');
const MOST = 12;
let sections;

input.form.addEventListener('submit', (event) => event.preventDefault());
input.addEventListener('input', async () => {
  sections ??= fetch(`${root}/search.json`).then((answer) => answer.json());
  const all = await sections;
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  list.replaceChildren(...(words.length === 0 ? [] : best(all, words).map(entry)));
});

/** Sections that have all words; those that have them in a heading come first. */
function best(all, words) {
  return all
    .map((section) => ({ section, score: scoreOf(section, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST)
    .map(({ section }) => section);
}

function scoreOf({ title, heading, text }, words) {
  const head = `${title} ${heading}`.toLowerCase();
  const body = text.toLowerCase();
  const scores = words.map((word) => (head.includes(word) ? 5 : 0) + Math.min(3, body.split(word).length - 1));
  return scores.includes(0) ? 0 : scores.reduce((sum, score) => sum + score, 0);
}

function entry({ page, title, heading, anchor }) {
  const link = document.createElement('a');
  link.href = `${root}/${page}${anchor ? `#${anchor}` : ''}`;
  link.textContent = heading === title ? title : `${title}: ${heading}`;
  const item = document.createElement('li');
  item.append(link);
  return item;
}
