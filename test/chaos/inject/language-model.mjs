/**
 * A language model's server that speaks OpenAI's protocol and can misbehave: HANDRAIL_CHAOS_MODE names the file that says
 * how. Prints its port.
 *
 * node language-model.mjs PORT
 */
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';

const LATE_MS = 5_000;
const words = 'People like the smell of coffee because it is warm and makes them think of a quiet morning.'.split(' ');

const server = createServer((request, response) => {
  if (request.method !== 'POST') return response.end('{"data":[]}');
  const mode = modeNow();
  request.resume();
  request.on('end', () => {
    if (mode === 'never-answers') return;
    if (mode === 'out-of-memory') return fillHeap();
    if (mode === 'garbage') return response.end('\u0000<html>not what you asked for');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    setTimeout(() => stream(response, mode), mode === 'first-byte-late' ? LATE_MS : 50);
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log(String(server.address().port)));

function stream(response, mode) {
  const everyMs = mode === 'ten-times-slower' ? 600 : 60;
  let at = 0;
  const next = () => {
    if (mode === 'stalls-in-the-middle' && at === 5) return;
    if (at === words.length) return response.end('data: [DONE]\n\n');
    const delta = { content: `${words[at++]} ` };
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`);
    setTimeout(next, everyMs);
  };
  next();
}

/** Ends the process, as a server without memory ends; how much it has is said where it is started. */
function fillHeap() {
  const hoard = [];
  for (;;) hoard.push(new Array(100_000).fill(0.5));
}

function modeNow() {
  try {
    return JSON.parse(readFileSync(process.env.HANDRAIL_CHAOS_MODE, 'utf8')).llm ?? 'pass';
  } catch {
    return 'pass';
  }
}
