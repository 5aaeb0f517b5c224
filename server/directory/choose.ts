/** Choosing names for many at once: the free user names and addresses that names.ts plans, in few statements. */
import { numbered } from './names.ts';

/** What has been given already, in one piece of work or, below it, in the whole run it belongs to. */
export interface Chosen {
  /** Not written yet, hence not found by a statement. */
  readonly taken: Set<string>;
  /** Base → the number to try next: homonyms need not start from 0 again. */
  readonly next: Map<string, number>;
  readonly below: Chosen | undefined;
}

/** A piece of work that may be given up and begun again chooses over what the run keeps, and `keep`s when it is done. */
export function noneChosen(below?: Chosen): Chosen {
  return { taken: new Set(), next: new Map(), below };
}

/** @param isWritten whether statements find from now on what was chosen. */
export function keep({ taken, next, below }: Chosen, isWritten: boolean): void {
  for (const [base, n] of next) below?.next.set(base, n);
  if (!isWritten) for (const name of taken) below?.taken.add(name);
}

export function isChosen({ taken, below }: Chosen, name: string): boolean {
  return taken.has(name) || below?.taken.has(name) === true;
}

function nextOf({ next, below }: Chosen, base: string): number {
  return next.get(base) ?? below?.next.get(base) ?? 0;
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
      const from = nextOf(chosen, base);
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
  for (let n = nextOf(chosen, base); ; n += 1) {
    const name = print(numbered(base, n));
    if (!seen.has(name)) return undefined;
    chosen.next.set(base, n + 1);
    if (taken.has(name) || isChosen(chosen, name)) continue;
    chosen.taken.add(name);
    return name;
  }
}
