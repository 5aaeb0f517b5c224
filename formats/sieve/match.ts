/** Match types (RFC 5228 §2.7.1, RFC 5231, regex, RFC 6134 §2.3): how values are held against keys. */
import { scriptFault, type Compilation } from './compilation.ts';
import { finderOf } from '#formats/text/find.ts';
import type { Bound } from './bind.ts';
import { asSubject, compareWith, foldAscii, foldCase, foldWith, type Comparator } from './fold.ts';
import { BadRegex, compileRegex } from './regex.ts';
import { matchRegex, openRegex, testRegex, type Regex } from './regexrun.ts';
import { askAll, cutText, look, runFault, setMatches, spend, type Run } from './run.ts';
import type { Text } from './text.ts';
import type { Subject } from './types.ts';
import { compileWildcard, matchWildcard, type Captured, type Wildcard } from './wildcard.ts';

/** Whether any value fits any key. Sets match variables where its type does and it succeeds. */
export type Matcher = (run: Run, subjects: readonly Subject[]) => boolean;

export interface MatchOptions {
  /** RFC 5173 §6: a match in a body sets no match variables. */
  readonly setsVariables: boolean;
  /** The comparator where the script names none. */
  readonly comparator: Comparator;
}

const USUAL: MatchOptions = { setsVariables: true, comparator: 'i;ascii-casemap' };
const COMPARATORS: readonly Comparator[] = ['i;ascii-casemap', 'i;octet', 'i;ascii-numeric', 'i;unicode-casemap'];
const RELATIONS = {
  gt: (order: number) => order > 0,
  ge: (order: number) => order >= 0,
  lt: (order: number) => order < 0,
  le: (order: number) => order <= 0,
  eq: (order: number) => order === 0,
  ne: (order: number) => order !== 0,
};
type Relation = (order: number) => boolean;

/** One key against one value. */
type Trial = (run: Run, subject: Subject) => boolean;

/**
 * The matcher of a bound test whose keys are the argument `keys`.
 *
 * @throws {SieveError} `badComparator`, `unknownComparator`, `badRegex`, `badValue`.
 */
export function compileMatch(bound: Bound, compilation: Compilation, keys = 'keys', options = USUAL): Matcher {
  const type = bound.tagOf('match') ?? 'is';
  const comparator = readComparator(bound, compilation, type, options);
  const texts = bound.texts(keys);
  switch (type) {
    case 'count': {
      const holds = readRelation(bound, compilation, 'count');
      // RFC 5231 §4.2: the number of values is itself the value that is compared.
      return anyOf(
        texts.map((text) => relationTrial(text, holds, comparator)),
        (subjects) => [asSubject(String(subjects.length))],
      );
    }
    case 'value': {
      const holds = readRelation(bound, compilation, 'value');
      return anyOf(texts.map((text) => relationTrial(text, holds, comparator)));
    }
    case 'list':
      return listMatcher(texts);
    case 'contains':
      return anyOf(texts.map((text) => containsTrial(text, comparator)));
    case 'matches':
      return anyOf(texts.map((text) => wildcardTrial(text, comparator, options.setsVariables)));
    case 'regex': {
      const setsVariables = options.setsVariables && compilation.enabled.has('variables');
      return anyOf(texts.map((text) => regexTrial(text, comparator, setsVariables, bound, compilation, keys)));
    }
    default:
      return isMatcher(texts, comparator);
  }
}

function readComparator(bound: Bound, compilation: Compilation, type: string, options: MatchOptions): Comparator {
  const [name] = bound.constants('comparator');
  if (name === undefined) return options.comparator;
  const comparator = COMPARATORS.find((known) => known === name.toLowerCase());
  const span = bound.span('comparator');
  if (comparator === undefined) throw scriptFault(compilation, span, { code: 'unknownComparator', comparator: name });
  const capability = `comparator-${comparator}`;
  const isBase = comparator === 'i;octet' || comparator === 'i;ascii-casemap';
  if (!isBase && !compilation.enabled.has(capability))
    throw scriptFault(compilation, span, { code: 'missingRequire', capability, name: comparator });
  // RFC 4790 §9.1: numbers have no substrings.
  if (comparator === 'i;ascii-numeric' && (type === 'contains' || type === 'matches' || type === 'regex'))
    throw scriptFault(compilation, span, { code: 'badComparator', comparator, matchType: type });
  return comparator;
}

function readRelation(bound: Bound, compilation: Compilation, tag: string): Relation {
  const [name = ''] = bound.constants(tag);
  const relation = Object.entries(RELATIONS).find(([word]) => word === name.toLowerCase())?.[1];
  if (relation === undefined)
    throw scriptFault(compilation, bound.span(tag), { code: 'badValue', name: `:${tag}`, value: name });
  return relation;
}

function anyOf(trials: readonly Trial[], prepare?: (subjects: readonly Subject[]) => readonly Subject[]): Matcher {
  return (run, subjects) => {
    const values = prepare === undefined ? subjects : prepare(subjects);
    look(run, values);
    spend(run, 'matchWork', values.length * trials.length);
    for (const subject of values) {
      for (const trial of trials) {
        if (trial(run, subject)) return true;
      }
    }
    return false;
  };
}

/** Constant keys are looked up at once, however many they are. */
function isMatcher(texts: readonly Text[], comparator: Comparator): Matcher {
  const constants = new Set<string>();
  const others: Text[] = [];
  for (const text of texts) {
    if (text.constant === null) others.push(text);
    else constants.add(foldWith(comparator, asSubject(text.constant)));
  }
  return (run, subjects) => {
    look(run, subjects);
    spend(run, 'matchWork', subjects.length * (1 + others.length));
    for (const subject of subjects) {
      const folded = foldIn(run, comparator, subject);
      if (constants.has(folded)) return true;
      for (const text of others) if (foldIn(run, comparator, asSubject(text.get(run))) === folded) return true;
    }
    return false;
  };
}

function containsTrial(text: Text, comparator: Comparator): Trial {
  const constant = text.constant === null ? null : finderOf(foldWith(comparator, asSubject(text.constant)));
  return (run, subject) => {
    const find = constant ?? finderOf(foldIn(run, comparator, asSubject(text.get(run))));
    const folded = foldIn(run, comparator, subject);
    spendSearch(run, folded);
    return find(folded) >= 0;
  };
}

/** A search costs far less than a step of a pattern. */
function spendSearch(run: Run, text: string): void {
  if (text.length > 1024) spend(run, 'matchWork', text.length >> 6);
}

/** Texts that were folded the long way, while they live: a body is looked at by one test after the other. */
const foldedTexts = new WeakMap<Subject, string>();

/** As `foldWith`, and pays for what it takes. */
function foldIn(run: Run, comparator: Comparator, subject: Subject): string {
  if (comparator !== 'i;unicode-casemap') return foldWith(comparator, subject);
  const known = foldedTexts.get(subject);
  if (known !== undefined) return known;
  spend(run, 'matchWork', subject.text.length >> 1);
  const folded = foldWith(comparator, subject);
  if (subject.text.length > 1024) foldedTexts.set(subject, folded);
  return folded;
}

function relationTrial(text: Text, holds: Relation, comparator: Comparator): Trial {
  const constant = text.constant === null ? null : asSubject(text.constant);
  return (run, subject) => {
    const key = constant ?? asSubject(text.get(run));
    // What decides stands in as many letters as the shorter has; decomposed, a letter is eighteen at most.
    const units = Math.min(subject.text.length, key.text.length * 18);
    spend(run, 'matchWork', units >> (comparator === 'i;unicode-casemap' ? 1 : 4));
    return holds(compareWith(comparator, cutSubject(subject, units), key));
  };
}

/** The beginning of a text that is far longer than what it is held against; one letter more keeps it the longer. */
function cutSubject(subject: Subject, units: number): Subject {
  return subject.text.length <= units + 1_024 ? subject : asSubject(cutText(subject.text, units + 1_024));
}

/** A list's URI; `:addrbook:default` is short for that of the registry (RFC 6134 §2.7). */
export function readListName(name: string): string {
  return name.startsWith(':') ? `urn:ietf:params:sieve${name}` : name;
}

/** RFC 6134 §2.3. The value that was found is ${0}. */
function listMatcher(texts: readonly Text[]): Matcher {
  return (run, subjects) => {
    look(run, subjects);
    const lists = texts.map((text) => readListName(text.get(run)));
    const questions = subjects.flatMap(({ text }) =>
      lists.map((list) => ({ kind: 'listContains' as const, list, value: text })),
    );
    const value = questions[askAll(run, 'listContains', questions).indexOf(true)]?.value;
    if (value !== undefined) setMatches(run, value, [[0, value.length]]);
    return value !== undefined;
  };
}

/** The text a pattern is held against, and the text of which captures are cut: of the same length. */
function foldForPattern(run: Run, comparator: Comparator, subject: Subject): readonly [folded: string, text: string] {
  if (comparator !== 'i;unicode-casemap')
    return [comparator === 'i;octet' ? subject.text : subject.folded, subject.text];
  spend(run, 'matchWork', subject.text.length >> 1);
  const text = subject.text.normalize('NFC');
  return [foldCase(text), text];
}

function foldPattern(comparator: Comparator, pattern: string): string {
  if (comparator === 'i;octet') return pattern;
  return comparator === 'i;unicode-casemap' ? foldCase(pattern.normalize('NFC')) : foldAscii(pattern);
}

function wildcardTrial(text: Text, comparator: Comparator, setsVariables: boolean): Trial {
  const compile = (pattern: string): Wildcard => compileWildcard(foldPattern(comparator, pattern));
  const constant = text.constant === null ? null : compile(text.constant);
  return (run, subject) => {
    const wildcard = constant ?? compileAt(run, text.get(run), compile);
    const [folded, original] = foldForPattern(run, comparator, subject);
    const captured = matchWildcard(wildcard, folded, (work) => spend(run, 'matchWork', work));
    if (captured === null) return false;
    if (setsVariables) setMatches(run, original, [[0, original.length], ...captured]);
    return true;
  };
}

function compileAt(run: Run, pattern: string, compile: (pattern: string) => Wildcard): Wildcard {
  spend(run, 'matchWork', pattern.length);
  return compile(pattern);
}

function regexTrial(
  text: Text,
  comparator: Comparator,
  setsVariables: boolean,
  bound: Bound,
  compilation: Compilation,
  keys: string,
): Trial {
  const folding = comparator === 'i;octet' ? 'none' : comparator === 'i;unicode-casemap' ? 'unicode' : 'ascii';
  const { regexInstructions, allRegexInstructions } = compilation.limits;
  const compile = (pattern: string): Regex =>
    openRegex(
      compileRegex(comparator === 'i;unicode-casemap' ? pattern.normalize('NFC') : pattern, folding, regexInstructions),
    );
  let constant: Regex | null = null;
  if (text.constant !== null) {
    try {
      constant = compile(text.constant);
      compilation.regexInstructions += constant.program.instructions.length;
      // A few letters of a pattern make thousands of instructions, and a script may hold thousands of patterns.
      if (compilation.regexInstructions > allRegexInstructions) throw new BadRegex(0, true);
    } catch (error) {
      if (!(error instanceof BadRegex)) throw error;
      throw scriptFault(
        compilation,
        bound.span(keys),
        error.isTooLarge
          ? { code: 'regexTooLarge', limit: regexInstructions }
          : { code: 'badRegex', pattern: text.constant.slice(0, 200), offset: error.offset },
      );
    }
  }
  return (run, subject) => {
    const regex = constant ?? compileAtRun(run, text.get(run), compile);
    const [folded, original] = foldForPattern(run, comparator, subject);
    const tell = (work: number): void => spend(run, 'matchWork', work);
    if (!testRegex(regex, folded, tell)) return false;
    if (!setsVariables) return true;
    const captured: Captured | null = matchRegex(regex, folded, tell);
    if (captured !== null) setMatches(run, original, captured);
    return true;
  };
}

function compileAtRun(run: Run, pattern: string, compile: (pattern: string) => Regex): Regex {
  spend(run, 'matchWork', 1_000 + pattern.length * 10);
  try {
    const regex = compile(pattern);
    spend(run, 'matchWork', regex.program.instructions.length * 10);
    return regex;
  } catch (error) {
    if (!(error instanceof BadRegex)) throw error;
    throw runFault(run, { code: 'badRunValue', name: ':regex', value: pattern.slice(0, 200) });
  }
}
