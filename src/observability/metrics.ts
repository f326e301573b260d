/**
 * Counters, gauges and histograms in Prometheus' text format 0.0.4. Small on purpose: no dependency, no push, no
 * exemplars. Every name and label is ours and static; label values are escaped as the format asks.
 */
export type Labels = Readonly<Record<string, string>>;

export interface Counter {
  add(labels?: Labels, amount?: number): void;
}

export interface Gauge {
  set(value: number, labels?: Labels): void;
  add(amount: number, labels?: Labels): void;
}

export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  samples(): string[];
}

export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8';

export class MetricsRegistry {
  readonly #metrics = new Map<string, Metric>();

  /** @param name ends in `_total` by convention */
  counter(name: string, help: string): Counter {
    const values = new Series(() => ({ value: 0 }));
    this.#add({
      name,
      help,
      type: 'counter',
      samples: () => values.lines((labels, s) => [line(name, labels, s.value)]),
    });
    return {
      add(labels = {}, amount = 1) {
        if (!(amount >= 0)) throw new RangeError(`counter ${name} cannot go down`);
        values.of(labels).value += amount;
      },
    };
  }

  gauge(name: string, help: string): Gauge {
    const values = new Series(() => ({ value: 0 }));
    this.#add({ name, help, type: 'gauge', samples: () => values.lines((labels, s) => [line(name, labels, s.value)]) });
    return {
      set: (value, labels = {}) => void (values.of(labels).value = value),
      add: (amount, labels = {}) => void (values.of(labels).value += amount),
    };
  }

  /** @param bounds upper bounds of the buckets, rising; `+Inf` is added */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram {
    const values = new Series(() => ({ counts: bounds.map(() => 0), sum: 0, count: 0 }));
    const samples = (): string[] =>
      values.lines((labels, { counts, sum, count }) => [
        ...bounds.map((bound, i) => line(`${name}_bucket`, { ...labels, le: String(bound) }, counts[i] ?? 0)),
        line(`${name}_bucket`, { ...labels, le: '+Inf' }, count),
        line(`${name}_sum`, labels, sum),
        line(`${name}_count`, labels, count),
      ]);
    this.#add({ name, help, type: 'histogram', samples });
    return {
      observe(value, labels = {}) {
        if (!Number.isFinite(value)) return;
        const series = values.of(labels);
        series.sum += value;
        series.count += 1;
        // Buckets are cumulative: an observation counts in every bucket whose bound it does not exceed.
        bounds.forEach((bound, i) => value <= bound && (series.counts[i] = (series.counts[i] ?? 0) + 1));
      },
    };
  }

  /** The page for `/metrics`. */
  expose(): string {
    return [...this.#metrics.values()]
      .flatMap((metric) => [
        `# HELP ${metric.name} ${metric.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
        `# TYPE ${metric.name} ${metric.type}`,
        ...metric.samples(),
      ])
      .map((text) => `${text}\n`)
      .join('');
  }

  #add(metric: Metric): void {
    if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric.name)) throw new Error(`not a metric name: ${metric.name}`);
    if (this.#metrics.has(metric.name)) throw new Error(`metric ${metric.name} exists already`);
    this.#metrics.set(metric.name, metric);
  }
}

/** The values of one metric, one state for each combination of labels. */
class Series<State> {
  readonly #byKey = new Map<string, { readonly labels: Labels; readonly state: State }>();

  constructor(private readonly create: () => State) {}

  of(labels: Labels): State {
    const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    let entry = this.#byKey.get(key);
    if (!entry) this.#byKey.set(key, (entry = { labels, state: this.create() }));
    return entry.state;
  }

  lines(render: (labels: Labels, state: State) => string[]): string[] {
    return [...this.#byKey.values()].flatMap(({ labels, state }) => render(labels, state));
  }
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
