/** How a new call is served: by speech and language model, by speech with written answers, or by keys alone. */
export type Service = 'full' | 'no-model' | 'keypad';

/** What is measured of the machine, once a second. Milliseconds; `cpu` is the busy share of all cores, 0 … 1. */
export interface Headroom {
  /** How long an utterance waited for a recogniser. */
  readonly sttWaitMs: number;
  /** How long a sentence waited for a voice. */
  readonly ttsWaitMs: number;
  /** How late the main thread's events were. */
  readonly loopLateMs: number;
  /** How late the media threads' packets were. */
  readonly pacerLateMs: number;
  readonly cpu: number;
}

/** From these values on the service steps down. A measure that is not named for a step does not count for it. */
export interface AdmissionLimits {
  readonly 'no-model': Partial<Headroom>;
  readonly keypad: Partial<Headroom>;
}

export const admissionDefaults = {
  limits: {
    'no-model': { sttWaitMs: 250, ttsWaitMs: 500, cpu: 0.95 },
    keypad: { sttWaitMs: 500, ttsWaitMs: 1_000, loopLateMs: 400, pacerLateMs: 100 },
  },
  /** So many looks in a row must agree before the service steps down: one late packet is no peak. */
  tightLooks: 3,
  /** So many in a row, each below `calmShare` of every limit, before it steps up again, by one step. */
  calmLooks: 5,
  calmShare: 0.7,
} as const satisfies {
  limits: AdmissionLimits;
  tightLooks: number;
  calmLooks: number;
  calmShare: number;
};

/** `measured`, or what an admin decided: every new call by keys, or none at all (they go to the dialplan). */
export type AdmissionMode = 'measured' | 'keypad' | 'drain';

/** What becomes of one new call. */
export type Admitted = Service | 'dialplan';

const steps: readonly Service[] = ['full', 'no-model', 'keypad'];

/**
 * Admission control: only so many calls get speech that those who have it are answered in time; the others begin on the
 * keypad and are never dropped. Pure: somebody measures and tells `look`.
 */
export class Admission {
  mode: AdmissionMode = 'measured';
  #service: Service = 'full';
  #tight = 0;
  #calm = 0;

  /**
   * @param speechCalls calls that may have speech at once, whatever is measured
   * @param allCalls calls that the media plane carries, on either face
   */
  constructor(
    private readonly speechCalls: number,
    private readonly allCalls: number,
  ) {}

  /** What the measurements allow at present. */
  get service(): Service {
    return this.#service;
  }

  /** One look at the machine. */
  look(headroom: Headroom): void {
    const { limits, tightLooks, calmLooks, calmShare } = admissionDefaults;
    const wanted = exceeds(headroom, limits.keypad, 1)
      ? 'keypad'
      : exceeds(headroom, limits['no-model'], 1)
        ? 'no-model'
        : 'full';
    const present = steps.indexOf(this.#service);
    this.#tight = steps.indexOf(wanted) > present ? this.#tight + 1 : 0;
    const limit = this.#service === 'keypad' ? limits.keypad : limits['no-model'];
    this.#calm = present > 0 && !exceeds(headroom, limit, calmShare) ? this.#calm + 1 : 0;
    if (this.#tight >= tightLooks) this.#enter(wanted);
    else if (this.#calm >= calmLooks) this.#enter(steps[present - 1] ?? 'full');
  }

  /**
   * @param speaking calls that have speech now
   * @param all calls on either face
   */
  admit(speaking: number, all: number): Admitted {
    if (this.mode === 'drain' || all >= this.allCalls) return 'dialplan';
    if (this.mode === 'keypad' || speaking >= this.speechCalls) return 'keypad';
    return this.#service;
  }

  #enter(service: Service): void {
    this.#service = service;
    this.#tight = 0;
    this.#calm = 0;
  }
}

function exceeds(headroom: Headroom, limits: Partial<Headroom>, share: number): boolean {
  return (Object.keys(limits) as (keyof Headroom)[]).some(
    (name) => headroom[name] >= share * (limits[name] ?? Infinity),
  );
}
