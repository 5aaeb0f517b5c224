/** Where an import's mail comes from, by the kind of its source. */
import { pace } from './pace.ts';
import type { Course } from './course.ts';
import { importStoredFile } from './files/stored-file.ts';
import { walkImap } from './imap/walk.ts';
import type { Reach } from './imap/reach.ts';
import type { ImportSource } from './record.ts';

export interface SourceOptions {
  readonly reach: Reach;
  /** Larger messages are refused. */
  readonly messageOctets: number;
  /** Of each import; 0 for as fast as it goes. */
  readonly octetsPerSecond: number;
  /** An old server that says nothing for so long is taken for lost; tests are in a hurry. */
  readonly silenceMs?: number;
  /** The first pause before a lost connection is made anew, doubled each time. */
  readonly firstPauseMs?: number;
}

export type Source = (
  course: Course,
  source: ImportSource,
  password: string | undefined,
  options: SourceOptions,
  signal: AbortSignal,
) => Promise<void>;

const usualSilenceMs = 120_000;
const usualPauseMs = 500;

export const carryImport: Source = (course, source, password, options, signal) => {
  const { reach, messageOctets, octetsPerSecond, silenceMs = usualSilenceMs, firstPauseMs = usualPauseMs } = options;
  if (source.kind === 'file') return importStoredFile(course, source, messageOctets, signal);
  const rates = [octetsPerSecond, source.octetsPerSecond ?? 0].filter((rate) => rate > 0);
  return walkImap(course, {
    source,
    password: password ?? '',
    reach,
    limits: { messageOctets, silenceMs },
    firstPauseMs,
    pace: pace(rates.length === 0 ? 0 : Math.min(...rates)),
    signal,
  });
};
