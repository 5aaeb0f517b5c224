/**
 * What failed, once more and in short, for the end of a run: of a long run's output often only the last screen is kept.
 * So many lines are given to each that all together fit there.
 */

/** One failed test, or one failed check. */
export interface Failure {
  /** The file, or the command. */
  readonly where: string;
  /** The test's name behind those it stands in; empty where the file itself or a command failed. */
  readonly name: string;
  /** The error, or the end of what a command said. */
  readonly said: string;
}

const mostLines = 15;
const fewestLines = 3;
/** All of them together, while they are not too many. */
const screenLines = 42;

/** @returns the lines to print, none where nothing failed. */
export function printFailures(failures: readonly Failure[]): string {
  const room = Math.floor(screenLines / Math.max(1, failures.length)) - 2;
  const each = Math.min(mostLines, Math.max(fewestLines, room));
  return failures.map((failure) => printFailure(failure, each)).join('\n');
}

function printFailure({ where, name, said }: Failure, most: number): string {
  const lines = said
    .split('\n')
    .map((line) => line.trimEnd())
    // Of the stack, what is ours.
    .filter((line) => line !== '' && !/^\s+at .*node:internal/.test(line));
  const more = lines.length > most ? [`… ${lines.length - most + 1} lines more, above`] : [];
  const shown = lines.slice(0, most - more.length);
  return [`✖ ${where}${name === '' ? '' : `: ${name}`}`, ...[...shown, ...more].map((line) => `    ${line}`)].join(
    '\n',
  );
}
