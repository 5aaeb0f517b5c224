/**
 * Counters, gauges and histograms, printed in the Prometheus text format. A registry is made once a process and handed
 * down; a metric is made once and kept by who counts. Label values come from closed lists, never from input: each
 * combination costs memory for ever.
 */

export type Labels = Readonly<Record<string, string>>;

export interface Counter {
  add(labels?: Labels, by?: number): void;
}

export interface Gauge {
  set(value: number, labels?: Labels): void;
}

export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

export interface Metrics {
  /** @param name ends in `_total`; the same name twice is the same counter. */
  counter(name: string, help: string): Counter;
  gauge(name: string, help: string): Gauge;
  /** A gauge that is asked when printed. */
  watch(name: string, help: string, read: () => number): void;
  /** @param name ends in its unit; `buckets` are upper bounds, ascending. */
  histogram(name: string, help: string, buckets?: readonly number[]): Histogram;
  print(): string;
}

/** From half a millisecond to ten seconds. */
export const durationBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Family {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  lines(name: string): readonly string[];
}

export function createMetrics(): Metrics {
  const families = new Map<string, Family>();
  const made = new Map<string, Counter | Gauge | Histogram>();

  const once = <T extends Counter | Gauge | Histogram>(
    name: string,
    isThat: (x: object) => x is T,
    make: () => T,
  ): T => {
    const known = made.get(name);
    if (known) {
      if (!isThat(known)) throw new TypeError(`${name} is a metric of another kind`);
      return known;
    }
    const metric = make();
    made.set(name, metric);
    return metric;
  };

  return {
    counter: (name, help) =>
      once(name, isCounter, () => {
        const values = new Map<string, number>();
        families.set(name, { kind: 'counter', help, lines: () => printValues(name, values) });
        return {
          add(labels = {}, by = 1) {
            const key = printLabels(labels);
            values.set(key, (values.get(key) ?? 0) + by);
          },
        };
      }),
    gauge: (name, help) =>
      once(name, isGauge, () => {
        const values = new Map<string, number>();
        families.set(name, { kind: 'gauge', help, lines: () => printValues(name, values) });
        return { set: (value, labels = {}) => void values.set(printLabels(labels), value) };
      }),
    watch(name, help, read) {
      families.set(name, { kind: 'gauge', help, lines: () => [`${name} ${read()}`] });
    },
    histogram: (name, help, buckets = durationBuckets) =>
      once(name, isHistogram, () => {
        const series = new Map<string, { labels: Labels; counts: number[]; sum: number }>();
        families.set(name, {
          kind: 'histogram',
          help,
          lines: () => [...series.values()].flatMap((one) => printHistogram(name, buckets, one)),
        });
        return {
          observe(value, labels = {}) {
            const key = printLabels(labels);
            const one = series.get(key) ?? {
              labels,
              counts: Array.from({ length: buckets.length + 1 }, () => 0),
              sum: 0,
            };
            series.set(key, one);
            const found = buckets.findIndex((bound) => value <= bound);
            const index = found < 0 ? buckets.length : found;
            one.counts[index] = (one.counts[index] ?? 0) + 1;
            one.sum += value;
          },
        };
      }),
    print: () =>
      [...families]
        .flatMap(([name, { kind, help, lines }]) => [
          `# HELP ${name} ${help}`,
          `# TYPE ${name} ${kind}`,
          ...lines(name),
          '',
        ])
        .join('\n'),
  };
}

const isCounter = (metric: object): metric is Counter => 'add' in metric;
const isGauge = (metric: object): metric is Gauge => 'set' in metric;
const isHistogram = (metric: object): metric is Histogram => 'observe' in metric;

function printValues(name: string, values: ReadonlyMap<string, number>): readonly string[] {
  return [...values].map(([labels, value]) => `${name}${labels} ${value}`);
}

function printHistogram(
  name: string,
  buckets: readonly number[],
  { labels, counts, sum }: { readonly labels: Labels; readonly counts: readonly number[]; readonly sum: number },
): readonly string[] {
  let total = 0;
  const lines = [...buckets, Infinity].map((bound, index) => {
    total += counts[index] ?? 0;
    return `${name}_bucket${printLabels({ ...labels, le: bound === Infinity ? '+Inf' : String(bound) })} ${total}`;
  });
  return [...lines, `${name}_sum${printLabels(labels)} ${sum}`, `${name}_count${printLabels(labels)} ${total}`];
}

function printLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
