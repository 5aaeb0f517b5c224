/**
 * Running a regex: first a set of states moved along the text, each set and step remembered, which says only whether there is a match; then,
 * where somebody wants what the groups held, all threads side by side in order of preference, the longest match winning (POSIX). Both look at
 * each character once, whatever the pattern.
 */
import type { Captured } from './wildcard.ts';
import type { Instruction, RegexProgram } from './regex.ts';

export interface Regex {
  readonly program: RegexProgram;
  /** Sets of states met so far, kept between runs and emptied when there are too many. */
  readonly states: Map<string, State>;
}

interface State {
  /** Instructions waiting for a character, ascending. */
  readonly waiting: readonly number[];
  readonly isMatch: boolean;
  /** Whether it matches where the text ends here. */
  readonly isMatchAtEnd: boolean;
  readonly steps: Map<number, State>;
}

const MAX_STATES = 128;
const MAX_STEPS = 128;
/** Work that is summed up before it is told. */
const TOLD_AT_ONCE = 1_000;
const START = 'start';

export function openRegex(program: RegexProgram): Regex {
  return { program, states: new Map() };
}

/**
 * Whether `text` holds a match anywhere.
 *
 * @param spend is told the work, the same whether states are remembered or not; it throws when there is too much.
 */
export function testRegex(regex: Regex, text: string, spend: (work: number) => void): boolean {
  let state = startState(regex);
  let work = 0;
  for (let at = 0; at < text.length && !state.isMatch;) {
    work += 1 + state.waiting.length;
    if (work > TOLD_AT_ONCE) {
      spend(work);
      work = 0;
    }
    const point = text.codePointAt(at) ?? 0;
    at += point > 0xffff ? 2 : 1;
    let next = state.steps.get(point);
    if (next === undefined) {
      next = step(regex, state, point);
      if (state.steps.size < MAX_STEPS) state.steps.set(point, next);
    }
    state = next;
  }
  spend(work);
  return state.isMatch || state.isMatchAtEnd;
}

function startState(regex: Regex): State {
  const known = regex.states.get(START);
  if (known !== undefined) return known;
  const state = closure(regex, [0], true);
  regex.states.set(START, state);
  return state;
}

function step(regex: Regex, state: State, point: number): State {
  const reached: number[] = [];
  for (const index of state.waiting) {
    const instruction = regex.program.instructions[index];
    if (instruction?.kind === 'set' && instruction.has(point)) reached.push(index + 1);
  }
  // A match may begin at every character.
  reached.push(0);
  return closure(regex, reached, false);
}

function closure(regex: Regex, from: readonly number[], isAtStart: boolean): State {
  const { instructions } = regex.program;
  const waiting: number[] = [];
  const isMatch = follow(instructions, from, isAtStart, false, (index) => waiting.push(index));
  const isMatchAtEnd = isMatch || follow(instructions, from, isAtStart, true, () => 0);
  waiting.sort((a, b) => a - b);
  const key = `${isMatch ? 'm' : isMatchAtEnd ? 'e' : ''}${waiting.join(',')}`;
  const known = regex.states.get(key);
  if (known !== undefined) return known;
  if (regex.states.size >= MAX_STATES) {
    // The state in hand would keep the others alive by its steps: all are cut.
    for (const state of regex.states.values()) state.steps.clear();
    regex.states.clear();
  }
  const state: State = { waiting, isMatch, isMatchAtEnd, steps: new Map() };
  regex.states.set(key, state);
  return state;
}

/** Visits what is reached without a character; true where `match` is. */
function follow(
  instructions: readonly Instruction[],
  from: readonly number[],
  isAtStart: boolean,
  isAtEnd: boolean,
  wait: (index: number) => void,
): boolean {
  const seen = new Set<number>();
  const stack = [...from];
  let isMatch = false;
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    if (seen.has(index)) continue;
    seen.add(index);
    const instruction = instructions[index];
    switch (instruction?.kind) {
      case undefined:
        break;
      case 'set':
        wait(index);
        break;
      case 'jump':
        stack.push(instruction.next);
        break;
      case 'split':
        stack.push(instruction.other, instruction.next);
        break;
      case 'save':
        stack.push(index + 1);
        break;
      case 'start':
        if (isAtStart) stack.push(index + 1);
        break;
      case 'end':
        if (isAtEnd) stack.push(index + 1);
        break;
      case 'match':
        isMatch = true;
    }
  }
  return isMatch;
}

/** One way through the program; `slots` are offsets of groups, -1 where not met. */
interface Thread {
  readonly index: number;
  readonly slots: readonly number[];
}

/** Offsets of the whole match and of each group, [-1, -1] for those that took no part; null where there is none. */
export function matchRegex(regex: Regex, text: string, spend: (work: number) => void): Captured | null {
  const { instructions, groups } = regex.program;
  const none = Array.from({ length: groups * 2 + 2 }, () => -1);
  let threads: Thread[] = [];
  let best: readonly number[] | null = null;
  for (let at = 0; ;) {
    const seen = new Set<number>();
    const waiting: Thread[] = [];
    // The leftmost match wins: once there is one, none begins further right.
    const from = best === null ? [...threads, { index: 0, slots: none.with(0, at) }] : threads;
    for (const thread of from) {
      const done = followThread(instructions, thread, at, text.length, seen, waiting);
      if (done !== null && isBetter(done, best)) best = done.with(1, at);
    }
    // A thread carries its groups along.
    spend(seen.size * (4 + groups) + 1);
    if (at >= text.length || (waiting.length === 0 && best !== null)) break;
    const point = text.codePointAt(at) ?? 0;
    at += point > 0xffff ? 2 : 1;
    threads = [];
    for (const { index, slots } of waiting) {
      const instruction = instructions[index];
      const mayWin = best === null || (slots[0] ?? 0) <= (best[0] ?? 0);
      if (mayWin && instruction?.kind === 'set' && instruction.has(point)) threads.push({ index: index + 1, slots });
    }
  }
  if (best === null) return null;
  const found: [number, number][] = [];
  for (let slot = 0; slot < best.length; slot += 2) found.push([best[slot] ?? -1, best[slot + 1] ?? -1]);
  return found;
}

/** Further left is better; of the same beginning the later found is longer, or as long and less preferred. */
function isBetter(done: readonly number[], best: readonly number[] | null): boolean {
  return best === null || (done[0] ?? 0) <= (best[0] ?? 0);
}

/** Adds what waits for a character; gives the slots of the first way to `match`, if any. */
function followThread(
  instructions: readonly Instruction[],
  thread: Thread,
  at: number,
  end: number,
  seen: Set<number>,
  waiting: Thread[],
): readonly number[] | null {
  const stack = [thread];
  let done: readonly number[] | null = null;
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { index, slots } = top;
    if (seen.has(index)) continue;
    seen.add(index);
    const instruction = instructions[index];
    switch (instruction?.kind) {
      case undefined:
        break;
      case 'set':
        waiting.push(top);
        break;
      case 'jump':
        stack.push({ index: instruction.next, slots });
        break;
      case 'split':
        stack.push({ index: instruction.other, slots }, { index: instruction.next, slots });
        break;
      case 'save':
        stack.push({ index: index + 1, slots: slots.with(instruction.slot, at) });
        break;
      case 'start':
        if (at === 0) stack.push({ index: index + 1, slots });
        break;
      case 'end':
        if (at === end) stack.push({ index: index + 1, slots });
        break;
      case 'match':
        done ??= slots;
    }
  }
  return done;
}
