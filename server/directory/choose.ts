/** Choosing names for many at once: the free user names and addresses that names.ts plans, in few statements. */
import { numbered } from './names.ts';

/** What a run has given already: it may not be written yet (dry run), and homonyms need not start from 0 again. */
export interface Chosen {
  readonly taken: Set<string>;
  /** Base → the number to try next. */
  readonly next: Map<string, number>;
}

export function noneChosen(): Chosen {
  return { taken: new Set(), next: new Map() };
}

const triesAtFirst = 1;
const triesAtMost = 256;

/**
 * Gives each base its first free number, in order.
 *
 * @param print what is looked up and taken: the user name, or the whole address.
 * @param selectTaken which of these somebody has.
 */
export async function chooseNames(
  bases: readonly string[],
  print: (name: string) => string,
  selectTaken: (names: readonly string[]) => Promise<{ has(name: string): boolean }>,
  chosen: Chosen,
): Promise<readonly string[]> {
  const given: (string | undefined)[] = bases.map(() => undefined);
  for (let tries = triesAtFirst; given.includes(undefined); tries = Math.min(tries * 8, triesAtMost)) {
    const waiting = new Map<string, number>();
    for (const [index, base] of bases.entries())
      if (given[index] === undefined) waiting.set(base, (waiting.get(base) ?? 0) + 1);
    const candidates = [...waiting].flatMap(([base, count]) => {
      const from = chosen.next.get(base) ?? 0;
      return Array.from({ length: count - 1 + tries }, (_, step) => print(numbered(base, from + step)));
    });
    const taken = await selectTaken(candidates);
    const seen = new Set(candidates);
    for (const [index, base] of bases.entries()) {
      if (given[index] === undefined) given[index] = takeFree(base, print, seen, taken, chosen);
    }
  }
  return given.map((name) => name ?? '');
}

/** The first candidate nobody has; undefined when all those looked up are taken. */
function takeFree(
  base: string,
  print: (name: string) => string,
  seen: ReadonlySet<string>,
  taken: { has(name: string): boolean },
  chosen: Chosen,
): string | undefined {
  for (let n = chosen.next.get(base) ?? 0; ; n += 1) {
    const name = print(numbered(base, n));
    if (!seen.has(name)) return undefined;
    chosen.next.set(base, n + 1);
    if (taken.has(name) || chosen.taken.has(name)) continue;
    chosen.taken.add(name);
    return name;
  }
}
