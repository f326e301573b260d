import { dirname, join } from 'node:path';
import type { AriPort } from './ari/port.js';
import { systemPrompt } from './dialog/answering.js';
import { expectationsOf } from './dialog/expecting.js';
import { fixedPrompts } from './dialog/fixed-prompts.js';
import type { JoinedPrompts } from './dialog/joined-prompts.js';
import type { CallFlow } from './dialog/reception.js';
import type { CachingUnderstander } from './dialog/understander.js';
import type { Engines } from './engines.js';
import { compileDialplan, publishDialplan, type DialplanOptions } from './fallback-ivr/dialplan/index.js';
import type { FlowStage, LiveFlow } from './flow/desk.js';
import type { Flow } from './flow/schema.js';
import { explain, HandrailError } from './kernel/errors.js';
import type { Logger } from './kernel/log.js';
import type { PromptLibrary, RenderReport } from './local-models/prompt-library.js';

export interface StageParts {
  readonly engines: Engines;
  readonly nlu: CachingUnderstander;
  readonly prompts: PromptLibrary;
  readonly joined: JoinedPrompts;
  /** Where the keypad copy goes; absent: none is made. */
  readonly dialplan: DialplanOptions | undefined;
  /** Asterisk, once it is connected. */
  readonly ari: () => AriPort | undefined;
  readonly log: Logger;
}

/** Makes flows fit to be heard: prompts rendered, questions compiled, the keypad copy in the dialplan. */
export class ControllerStage implements FlowStage {
  readonly #texts = new WeakMap<Flow, readonly string[]>();
  /** Ends what keeps the language model warm for the flow of before. */
  #cool: (() => void)[] = [];

  constructor(private readonly parts: StageParts) {}

  async prepare(flow: Flow): Promise<void> {
    const { failed } = await this.render(flow);
    if (failed[0]) throw failed[0].error;
    await this.copy(flow);
    this.understand(flow);
  }

  async rehearse(flow: Flow): Promise<void> {
    const { failed } = await this.render(flow);
    if (failed[0]) throw failed[0].error;
    this.#compileQuestions(flow);
  }

  /** What the reception needs to know about the version that a call gets. */
  forCall({ flow, version }: LiveFlow): CallFlow {
    const { engines, prompts } = this.parts;
    const canSpeak = engines.tts.state === 'ready' || this.#textsOf(flow).every((text) => prompts.has(text));
    return { flow, version, canSpeak };
  }

  /** Compiles every question, tells the recogniser, and warms the language model; these go on by themselves. */
  understand(flow: Flow): void {
    this.parts.joined.forget();
    for (const cool of this.#cool.splice(0)) cool();
    this.#compileQuestions(flow);
    for (const node of Object.values(flow.nodes)) {
      if (node.kind === 'converse' && node.llm) this.#keepWarm(systemPrompt(node));
    }
  }

  #compileQuestions(flow: Flow): void {
    const { engines, log, nlu } = this.parts;
    for (const nodeId of Object.keys(flow.nodes)) {
      for (const expectation of expectationsOf(flow, nodeId)) {
        const { grammar } = nlu.compile(expectation);
        if (grammar)
          void engines.stt
            .prepare(grammar)
            .catch((err: unknown) => log.debug({ err, nodeId }, 'grammar not prepared yet'));
      }
    }
  }

  /** @returns the report; what failed is spoken by the engine when it comes up */
  async render(flow: Flow, onProgress: (line: string) => void = () => undefined): Promise<RenderReport> {
    const { dialplan, prompts } = this.parts;
    const copied = dialplan ? compileDialplan(flow, dialplan).sounds.map(({ text }) => text) : [];
    let told = -1;
    return prompts.renderAll([...this.#textsOf(flow), ...copied], ({ done, total, speaking }) => {
      const tenth = Math.floor((done * 10) / total);
      if (speaking && tenth !== told) onProgress(`prompts rendered: ${String(done)} of ${String(total)}`);
      told = tenth;
    });
  }

  /** @throws HandrailError when Asterisk is away or does not take it; the copy of before stays in force */
  async copy(flow: Flow): Promise<void> {
    const { dialplan, log, prompts } = this.parts;
    if (!dialplan) return;
    const ari = this.parts.ari();
    if (!ari) throw new HandrailError('HR_ARI_UNREACHABLE', 'Handrail is still starting.');
    const confFile = join(dirname(dialplan.soundDir), 'handrail-flow.conf');
    const report = await publishDialplan({ flow, dialplan, prompts, confFile, reload: () => ari.reloadDialplan() });
    log.info({ ...report }, 'the flow’s keypad copy is in the dialplan');
  }

  /**
   * At the start a flow serves even without its copy: the dialplan has the one of before, or its own menu.
   * @returns whether Asterisk has a copy of it now
   */
  async copyIfPossible(flow: Flow): Promise<boolean> {
    if (!this.parts.dialplan) return false;
    try {
      await this.copy(flow);
      return true;
    } catch (err) {
      this.parts.log.error({ problem: explain(err) }, 'the flow’s keypad copy could not be published');
      return false;
    }
  }

  #textsOf(flow: Flow): readonly string[] {
    const texts = this.#texts.get(flow) ?? fixedPrompts(flow);
    this.#texts.set(flow, texts);
    return texts;
  }

  /** Loads a system prompt into the language model's cache, now and after every restart: the first question must not pay. */
  #keepWarm(system: string): void {
    const { engines, log } = this.parts;
    const warm = (): void => {
      if (engines.chat.state === 'ready')
        void engines.chat.warm(system).catch((err: unknown) => log.warn({ err }, 'language model is not warm'));
    };
    warm();
    this.#cool.push(engines.chat.onState(warm));
  }
}
