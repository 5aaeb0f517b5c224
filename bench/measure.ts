/** Measurements and how they are printed. Every ratio reads the same way: 1.00 or more keeps the promise. */

export type Row =
  | {
      readonly kind: 'latency';
      readonly name: string;
      readonly samplesMs: readonly number[];
      readonly targetMs?: number;
    }
  | { readonly kind: 'rate'; readonly name: string; readonly perSecond: number; readonly targetPerSecond?: number }
  | {
      readonly kind: 'amount';
      readonly name: string;
      readonly value: number;
      readonly unit: string;
      readonly atMost?: number;
    }
  | {
      readonly kind: 'beside';
      readonly name: string;
      readonly ours: Figures;
      /** What another server did of the same work, where one is there. */
      readonly theirs?: Figures;
      /** How many times as good as theirs ours must be. */
      readonly atLeast: number;
    };

/** What one server did: how long each time took, how much a second, or what it costs. */
export type Figures =
  | { readonly kind: 'times'; readonly samplesMs: readonly number[] }
  | { readonly kind: 'load'; readonly perSecond: number; readonly samplesMs: readonly number[] }
  | { readonly kind: 'per'; readonly value: number; readonly unit: string }
  | { readonly kind: 'cost'; readonly value: number; readonly unit: string };

/**
 * Does the work `times` times, `parallel` at once.
 *
 * @returns how long each took, in milliseconds, in the order they ended.
 */
export async function sample(
  times: number,
  parallel: number,
  work: (index: number) => Promise<unknown>,
): Promise<readonly number[]> {
  const samplesMs: number[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < times; index = next++) {
      const startedAt = performance.now();
      await work(index);
      samplesMs.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return samplesMs;
}

/** @param part between 0 and 1. @returns the sample below which that part lies (nearest rank). */
export function percentile(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

/** @returns a table, one line a row. The target of a latency is held against its median. */
export function printRows(rows: readonly Row[]): string {
  const width = Math.max(4, ...rows.map(({ name }) => name.length));
  const head = `${'what'.padEnd(width)} ${columns('p50', 'p95', 'measured', 'target', 'ratio')}`;
  return [head, ...rows.map((row) => `${row.name.padEnd(width)} ${printRow(row)}`)].join('\n');
}

function printRow(row: Row): string {
  switch (row.kind) {
    case 'latency': {
      const p50 = percentile(row.samplesMs, 0.5);
      const target = row.targetMs === undefined ? '' : `≤ ${row.targetMs} ms`;
      const ratio = row.targetMs === undefined ? '' : (row.targetMs / p50).toFixed(2);
      return columns(`${p50.toFixed(2)} ms`, `${percentile(row.samplesMs, 0.95).toFixed(2)} ms`, '', target, ratio);
    }
    case 'rate': {
      const target = row.targetPerSecond === undefined ? '' : `≥ ${row.targetPerSecond}/s`;
      const ratio = row.targetPerSecond === undefined ? '' : (row.perSecond / row.targetPerSecond).toFixed(2);
      return columns('', '', `${row.perSecond.toFixed(0)}/s`, target, ratio);
    }
    case 'amount': {
      const target = row.atMost === undefined ? '' : `≤ ${row.atMost} ${row.unit}`;
      const ratio = row.atMost === undefined ? '' : (row.atMost / row.value).toFixed(2);
      return columns('', '', `${row.value.toFixed(2)} ${row.unit}`, target, ratio);
    }
    case 'beside': {
      const { ours, theirs, atLeast } = row;
      const p95 =
        ours.kind === 'times' || ours.kind === 'load' ? `${percentile(ours.samplesMs, 0.95).toFixed(2)} ms` : '';
      const ratio = theirs ? (timesAsGood(ours, theirs) / atLeast).toFixed(2) : '';
      return columns('', p95, brief(ours), theirs ? `${atLeast} × ${brief(theirs)}` : '', ratio);
    }
  }
}

/** How many times as good ours is. */
function timesAsGood(ours: Figures, theirs: Figures): number {
  const [mine, other] = [valueOf(ours), valueOf(theirs)];
  return ours.kind === 'times' || ours.kind === 'cost' ? other / mine : mine / other;
}

function valueOf(figures: Figures): number {
  switch (figures.kind) {
    case 'times':
      return percentile(figures.samplesMs, 0.5);
    case 'load':
      return figures.perSecond;
    case 'per':
    case 'cost':
      return figures.value;
  }
}

export function brief(figures: Figures): string {
  switch (figures.kind) {
    case 'times':
      return `${valueOf(figures).toFixed(2)} ms`;
    case 'load':
      return `${figures.perSecond.toFixed(0)}/s p95 ${percentile(figures.samplesMs, 0.95).toFixed(0)} ms`;
    case 'per':
    case 'cost':
      return `${figures.value.toFixed(1)}${figures.unit}`;
  }
}

const columns = (...cells: readonly string[]): string => cells.map((cell) => cell.padStart(13)).join(' ');
