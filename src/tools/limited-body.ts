import { MAX_ANSWER_BYTES, ToolFailure } from './outcome.js';

/** The same response, whose body fails with `too-big` at the limit. */
export function limitedBody(response: Response): Response {
  const { body, headers, status, statusText } = response;
  if (!body) return response;
  let bytes = 0;
  const limiter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) controller.error(new ToolFailure('too-big', status));
      else controller.enqueue(chunk);
    },
  });
  return new Response(body.pipeThrough(limiter), { status, statusText, headers });
}
