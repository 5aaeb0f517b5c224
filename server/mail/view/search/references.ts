/**
 * The REFERENCES algorithm of RFC 5256 §3, step by step as it stands there. Containers are numbers: one for each message-id met, then one for each email
 * whose id is missing or taken, then those that hold threads of one subject together.
 */
import type { Keys } from './keys.ts';
import type { Thread } from './thread.ts';

export interface Threadable {
  readonly keys: Keys;
  /** For each place its row in `keys`, or -1. */
  readonly rows: Int32Array;
  readonly sentAt: Float64Array;
  /** Those to thread, ascending. */
  readonly places: Uint32Array;
}

const none = -1;

/** Containers while they are being linked. */
interface Forest {
  /** -1: a message that is missing. */
  readonly placeOf: Int32Array;
  readonly parentOf: Int32Array;
  /** Undefined without children, which most are. */
  readonly childrenOf: (number[] | undefined)[];
  readonly isThere: Uint8Array;
  count: number;
}

export function linkReferences(threadable: Threadable): readonly Thread[] {
  const forest = link(threadable);
  const roots = prune(forest, rootsOf(forest));
  const { sentAt } = threadable;
  sortChildren(forest, sentAt);
  const byDate = comparing(forest, sentAt);
  const merged = mergeSubjects(forest, roots.sort(byDate), threadable);
  return print(forest, merged.sort(byDate));
}

/** Step 1. */
function link({ keys, rows, places }: Threadable): Forest {
  // Each email may need a container of its own, and one more to be gathered with another.
  const room = keys.idNumbers.size + 1 + places.length * 2;
  const forest: Forest = {
    placeOf: new Int32Array(room).fill(none),
    parentOf: new Int32Array(room).fill(none),
    childrenOf: [],
    isThere: new Uint8Array(room),
    count: keys.idNumbers.size + 1,
  };
  forest.childrenOf.length = room;
  for (const place of places) {
    const row = rows[place] ?? none;
    const start = row < 0 ? 0 : (keys.idsStart[row] ?? 0);
    const end = row < 0 ? 0 : (keys.idsStart[row + 1] ?? 0);
    const id = row < 0 ? 0 : (keys.ids[start] ?? 0);
    const container = id === 0 || forest.placeOf[id] !== none ? forest.count++ : id;
    forest.placeOf[container] = place;
    forest.isThere[container] = 1;
    let before = none;
    for (let at = start + 1; at < end; at += 1) {
      const reference = keys.ids[at] ?? 0;
      forest.isThere[reference] = 1;
      if (before !== none && forest.parentOf[reference] === none) adopt(forest, before, reference);
      before = reference;
    }
    // What others said of its parent gives way to what it says itself, be it nothing.
    leave(forest, container);
    if (before !== none) adopt(forest, before, container);
  }
  return forest;
}

function adopt(forest: Forest, parent: number, child: number): void {
  if (parent === child || isAncestor(forest, child, parent)) return;
  forest.parentOf[child] = parent;
  const children = forest.childrenOf[parent];
  if (children) children.push(child);
  else forest.childrenOf[parent] = [child];
}

function leave(forest: Forest, child: number): void {
  const parent = forest.parentOf[child] ?? none;
  if (parent === none) return;
  const children = forest.childrenOf[parent] ?? [];
  children.splice(children.indexOf(child), 1);
  forest.parentOf[child] = none;
}

/** Whether `container` is above `below`, or it. What has no children is above nothing. */
function isAncestor(forest: Forest, container: number, below: number): boolean {
  if (container === below) return true;
  if (!forest.childrenOf[container]?.length) return false;
  for (let at = forest.parentOf[below] ?? none; at !== none; at = forest.parentOf[at] ?? none)
    if (at === container) return true;
  return false;
}

/** Step 2. */
function rootsOf(forest: Forest): number[] {
  const roots: number[] = [];
  for (let at = 1; at < forest.count; at += 1)
    if (forest.isThere[at] === 1 && forest.parentOf[at] === none) roots.push(at);
  return roots;
}

/** Step 3: missing messages go, but one with several answers and nobody above it. From the leaves up. */
function prune(forest: Forest, roots: readonly number[]): number[] {
  const order = roots.slice();
  for (let at = 0; at < order.length; at += 1) {
    const children = forest.childrenOf[order[at] ?? 0];
    if (children) for (const child of children) order.push(child);
  }
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const container = order[at] ?? 0;
    const children = forest.childrenOf[container];
    if (children) forest.childrenOf[container] = promote(forest, children);
  }
  return promote(forest, roots, true);
}

/** The list with missing messages replaced by their children, which are pruned already. */
function promote(forest: Forest, containers: readonly number[], areRoots = false): number[] {
  const kept: number[] = [];
  for (const container of containers) {
    const children = forest.childrenOf[container] ?? [];
    if (forest.placeOf[container] !== none || (areRoots && children.length > 1)) kept.push(container);
    else for (const child of children) kept.push(child);
  }
  return kept;
}

/** Step 6, done first where nothing changes any more; roots that are missing then stand for their first child (step 4). */
function sortChildren(forest: Forest, sentAt: Float64Array): void {
  const byDate = comparing(forest, sentAt);
  for (let at = 1; at < forest.count; at += 1) {
    const children = forest.childrenOf[at];
    if (children && children.length > 1) children.sort(byDate);
  }
}

/** By date, then by place. Only roots may be missing, and their children are sorted. */
function comparing(forest: Forest, sentAt: Float64Array): (a: number, b: number) => number {
  return (a, b) => {
    const placeA = shownBy(forest, a);
    const placeB = shownBy(forest, b);
    return (sentAt[placeA] ?? 0) - (sentAt[placeB] ?? 0) || placeA - placeB;
  };
}

/** Its place, or its first child's. */
function shownBy({ placeOf, childrenOf }: Forest, container: number): number {
  const place = placeOf[container] ?? none;
  return place === none ? (placeOf[childrenOf[container]?.[0] ?? 0] ?? 0) : place;
}

/** Step 5: threads of one base subject become one. */
function mergeSubjects(forest: Forest, roots: readonly number[], { keys, rows, sentAt }: Threadable): number[] {
  const { placeOf, childrenOf } = forest;
  const rowOf = (container: number): number => rows[shownBy(forest, container)] ?? none;
  const subjectOf = (container: number): number => keys.text.subject[rowOf(container)] ?? 0;
  const isReply = (container: number): boolean => keys.isReply[rowOf(container)] === 1;
  const isMissing = (container: number): boolean => placeOf[container] === none;
  const table = new Map<number, number>();
  for (const root of roots) {
    const subject = subjectOf(root);
    if (subject === 0) continue;
    const known = table.get(subject);
    const isBetter =
      known === undefined ||
      (isMissing(root) && !isMissing(known)) ||
      (!isMissing(root) && !isMissing(known) && isReply(known) && !isReply(root));
    if (isBetter) table.set(subject, root);
  }
  const gone = new Set<number>();
  const added: number[] = [];
  const changed = new Set<number>();
  for (const root of roots) {
    const subject = subjectOf(root);
    const known = subject === 0 ? undefined : table.get(subject);
    if (known === undefined || known === root) continue;
    gone.add(root);
    changed.add(known);
    const children = (childrenOf[known] ??= []);
    if (isMissing(root) && isMissing(known)) children.push(...(childrenOf[root] ?? []));
    else if (isMissing(known) || (isReply(root) && !isReply(known))) children.push(root);
    else {
      const both = forest.count++;
      childrenOf[both] = [known, root];
      changed.add(both);
      gone.add(known);
      added.push(both);
      table.set(subject, both);
    }
  }
  const byDate = comparing(forest, sentAt);
  for (const container of changed) childrenOf[container]?.sort(byDate);
  return [...roots, ...added].filter((root) => !gone.has(root));
}

function print({ placeOf, childrenOf }: Forest, roots: readonly number[]): readonly Thread[] {
  const threads: Thread[] = [];
  const rest: { readonly into: Thread[]; readonly containers: readonly number[] }[] = [
    { into: threads, containers: roots },
  ];
  for (let next = rest.pop(); next; next = rest.pop()) {
    for (const container of next.containers) {
      const place = placeOf[container] ?? none;
      const children: Thread[] = [];
      next.into.push({ place: place === none ? null : place, children });
      const below = childrenOf[container];
      if (below && below.length > 0) rest.push({ into: children, containers: below });
    }
  }
  return threads;
}
