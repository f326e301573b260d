import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import type { InferenceSession } from 'onnxruntime-node';

type OnnxRuntime = typeof import('onnxruntime-node');

/** Longer sentences are cut: nobody says more in a turn, and the cost grows with the length. */
const LONGEST_TOKENS = 64;

/** A sentence as a vector of length 1: near sentences mean nearly the same. */
export type Vector = Float32Array;

/** all-MiniLM-L6-v2 (ONNX): mean of the token states, as sentence-transformers takes it. */
export class SentenceModel {
  private constructor(
    private readonly ort: OnnxRuntime,
    private readonly session: InferenceSession,
    private readonly tokenizer: Tokenizer,
  ) {}

  /** @param folder with model.onnx and tokenizer.json. Rejects when one of them is missing or not what it should be. */
  static async load(folder: string): Promise<SentenceModel> {
    const tokenizer = new Tokenizer(JSON.parse(await readFile(join(folder, 'tokenizer.json'), 'utf8')) as object, {});
    const ort = await import('onnxruntime-node');
    const session = await ort.InferenceSession.create(join(folder, 'model.onnx'), {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
    });
    const model = new SentenceModel(ort, session, tokenizer);
    // The first run is far slower than the others; a caller must not pay for it.
    await model.encode('hello');
    return model;
  }

  /** Frees the model; nothing may be encoded any more. */
  close(): Promise<void> {
    return this.session.release();
  }

  async encode(text: string): Promise<Vector> {
    const ids: readonly number[] = this.tokenizer.encode(text).ids;
    const tokens = ids.length > LONGEST_TOKENS ? [...ids.slice(0, LONGEST_TOKENS - 1), ids.at(-1) ?? 0] : ids;
    const tensor = (value: (token: number) => number) =>
      new this.ort.Tensor(
        'int64',
        BigInt64Array.from(tokens, (token) => BigInt(value(token))),
        [1, tokens.length],
      );
    const outputs = await this.session.run({
      input_ids: tensor((token) => token),
      attention_mask: tensor(() => 1),
      token_type_ids: tensor(() => 0),
    });
    const states = outputs['last_hidden_state']?.data;
    if (!(states instanceof Float32Array)) throw new Error('the model has no last_hidden_state');
    return meanOf(states, tokens.length);
  }
}

function meanOf(states: Float32Array, rows: number): Vector {
  const width = states.length / rows;
  const mean = new Float32Array(width);
  for (let at = 0; at < states.length; at++) mean[at % width] = (mean[at % width] ?? 0) + (states[at] ?? 0);
  const length = Math.hypot(...mean);
  return mean.map((value) => value / length);
}
