/** The state of one evaluation: what has been decided so far, variables, and what is left of each bound. Lives as long as `evaluate`. */
import type { MessagePart } from '#formats/message/types.ts';
import { editedOctets, type Base, type Draft } from './draft.ts';
import { SieveError, type RunFault, type RunLimit } from './error.ts';
import type { Captured } from './wildcard.ts';
import type { VariableName } from './text.ts';
import type {
  Action,
  Answers,
  DuplicateRecord,
  Question,
  QuestionOf,
  RunLimits,
  SieveInput,
  Step,
  Subject,
  Withheld,
} from './types.ts';

export interface Run {
  readonly input: SieveInput;
  readonly limits: RunLimits;
  readonly draft: Draft;
  readonly actions: Action[];
  readonly duplicates: DuplicateRecord[];
  readonly withheld: Withheld[];
  /** Null where nobody asked. */
  readonly steps: Step[] | null;
  readonly globals: Map<string, string>;
  /** Scripts included with :once or not (RFC 6609 §3.2), as `location name`. */
  readonly included: Set<string>;
  /** The internal variable of RFC 5232 §3. */
  flags: readonly string[];
  frame: Frame;
  keepsImplicitly: boolean;
  /** Where the innermost `foreverypart` is; null outside. */
  loop: { readonly base: Base; readonly part: MessagePart } | null;
  /** The loop that `break` leaves; null for the innermost. */
  breaksTo: string | null;
  /** The body as tests look at it, once one did. */
  readonly bodies: Map<string, { readonly root: MessagePart; readonly subjects: readonly Subject[] }>;
  /** Line of the command that is run, for faults. */
  line: number;
  /** A vacation was met, whether it answers or not. */
  hasVacation: boolean;
  /** What the command that is run has to say about itself, for steps. */
  note: string | null;
  /** Values the last test looked at, for steps. */
  looked: readonly string[];
  readonly spent: Record<Spent, number>;
}

/** One script being run; an included one has its own. */
export interface Frame {
  readonly script: string | null;
  /** `location name` of this script and those that included it, for one that includes itself. */
  readonly chain: readonly string[];
  readonly variables: Map<string, string>;
  /** Local names that `global` made shared. */
  readonly shared: Set<string>;
  /** What `${0}` and its like stand for: the last match that succeeded (RFC 5229 §3.2). */
  matches: readonly string[];
}

/** What a command says about what comes next. */
export type Flow = 'next' | 'stop' | 'return' | 'break';

export type RunTest = (run: Run) => boolean;
export type RunCommand = (run: Run) => Flow;

/** Thrown where the world has no answer yet; `evaluate` alone catches it. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
  readonly questions: readonly Question[];
  constructor(questions: readonly Question[]) {
    super(questions[0]?.kind);
    this.questions = questions;
  }
}

/**
 * The world's answers, all asked for at once so that they can be found at once.
 *
 * @throws {Unanswered} with every question that has no answer yet; {SieveError} `runLimit`.
 */
export function askAll<Kind extends Question['kind']>(
  run: Run,
  kind: Kind,
  questions: readonly QuestionOf<Kind>[],
): readonly Answers[Kind][] {
  spend(run, 'questions', questions.length);
  const answer = run.input.world[kind];
  const answers: Answers[Kind][] = [];
  const unanswered: Question[] = [];
  for (const question of questions) {
    const found = answer(question);
    if (found === undefined) unanswered.push(question);
    else answers.push(found);
  }
  if (unanswered.length > 0) throw new Unanswered(unanswered);
  return answers;
}

/** One question, see `askAll`. */
export function ask<Kind extends Question['kind']>(run: Run, kind: Kind, question: QuestionOf<Kind>): Answers[Kind] {
  const [answer] = askAll(run, kind, [question]);
  if (answer === undefined) throw new Unanswered([question]);
  return answer;
}

export function runFault(run: Run, fault: RunFault): SieveError {
  return new SieveError(fault, run.line, run.line === 0 ? 0 : 1, run.frame.script);
}

function limitFault(run: Run, what: RunLimit): SieveError {
  return runFault(run, { code: 'runLimit', what, limit: run.limits[what] });
}

/** What is summed up over the whole run. */
export type Spent = Extract<
  RunLimit,
  'evaluations' | 'matchWork' | 'includes' | 'variables' | 'addedFields' | 'questions' | 'rewrites' | 'editedOctets'
>;

/** Counts one more of what is limited. @throws {SieveError} `runLimit` */
export function spend(run: Run, what: Spent, count = 1): void {
  run.spent[what] += count;
  if (run.spent[what] > run.limits[what]) throw limitFault(run, what);
}

/** @throws {SieveError} `runLimit` where a text has become too long. */
export function spendText(run: Run, units: number): void {
  if (units > run.limits.textUnits) throw limitFault(run, 'textUnits');
}

/** The message as it is now, null where it is as it came (see `editedOctets`). Each state that is written counts once. */
export function takeEdited(run: Run): Uint8Array | null {
  const wasWritten = run.draft.written;
  const edited = editedOctets(run.draft);
  if (edited !== null && edited !== wasWritten) spend(run, 'editedOctets', edited.length);
  return edited;
}

/** @throws {SieveError} `runLimit` where `count` is more than is allowed. */
export function checkLimit(run: Run, what: RunLimit, count: number): void {
  if (count > run.limits[what]) throw limitFault(run, what);
}

export function readVariable(run: Run, name: VariableName): string {
  switch (name.kind) {
    case 'match':
      return run.frame.matches[name.index] ?? '';
    case 'global':
      return run.globals.get(name.name) ?? '';
    case 'local':
      return (run.frame.shared.has(name.name) ? run.globals : run.frame.variables).get(name.name) ?? '';
  }
}

/** Sets a variable, cut where it is too long, never within a character (RFC 5229 §3, §6). */
export function setVariable(run: Run, name: Exclude<VariableName, { kind: 'match' }>, value: string): void {
  const isShared = name.kind === 'global' || run.frame.shared.has(name.name);
  const variables = isShared ? run.globals : run.frame.variables;
  if (!variables.has(name.name)) spend(run, 'variables');
  variables.set(name.name, cutText(value, run.limits.variableUnits));
}

/** At most `units` UTF-16 units, never half of a pair. */
export function cutText(text: string, units: number): string {
  if (text.length <= units) return text;
  const last = text.charCodeAt(units - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? units - 1 : units);
}

/** RFC 5229 §3.2 asks for `${0}` to `${9}`; others give 32, and scripts use them. */
const MAX_MATCHES = 33;

/** Match variables are set by a test that succeeds, and only then (RFC 5229 §3.2). */
export function setMatches(run: Run, text: string, captured: Captured): void {
  const matches = captured.slice(0, MAX_MATCHES).map(([start, end]) => (start < 0 ? '' : text.slice(start, end)));
  run.frame.matches = matches.map((match) => cutText(match, run.limits.variableUnits));
}

const MAX_SHOWN = 5;
const MAX_SHOWN_UNITS = 200;

/** Keeps what a test looks at, where steps are wanted. */
export function look(run: Run, subjects: readonly Subject[]): void {
  if (run.steps === null) return;
  run.looked = subjects.slice(0, MAX_SHOWN).map(({ text }) => cutText(text, MAX_SHOWN_UNITS));
}
