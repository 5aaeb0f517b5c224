/** Back-references: arguments taken from the answers of earlier calls in the same request (RFC 8620 §3.7). */
import { MethodError } from './errors.ts';
import { isArray, isObject, type Json, type JsonObject, weigh } from './json.ts';
import type { Invocation } from './request.ts';

/** What all references of one request may bring together: a few that double each other would otherwise never end. */
export interface ReferenceBudget {
  leftOctets: number;
}

/**
 * Replaces each `#name` by what it refers to.
 *
 * @throws {MethodError} `invalidArguments` where `name` stands there too, `invalidResultReference` where the reference
 * leads nowhere, or the budget is spent.
 */
export function resolveReferences(
  args: JsonObject,
  answers: readonly Invocation[],
  budget: ReferenceBudget,
): JsonObject {
  if (!Object.keys(args).some((name) => name.startsWith('#'))) return args;
  const resolved = Object.entries(args).map(([name, value]): [string, Json] => {
    if (!name.startsWith('#')) return [name, value];
    const plain = name.slice(1);
    if (Object.hasOwn(args, plain)) throw new MethodError('invalidArguments', `both ${plain} and #${plain}`);
    return [plain, resolve(value, answers, budget)];
  });
  return Object.fromEntries(resolved);
}

function resolve(reference: Json, answers: readonly Invocation[], budget: ReferenceBudget): Json {
  if (!isObject(reference)) throw new MethodError('invalidResultReference', 'a reference must be an object');
  const { resultOf, name, path } = reference;
  if (typeof resultOf !== 'string' || typeof name !== 'string' || typeof path !== 'string') {
    throw new MethodError('invalidResultReference', 'resultOf, name and path must be strings');
  }
  // The first answer with this call id (§3.7), even where an implicit call has answered after it.
  const answer = answers.find((candidate) => candidate.callId === resultOf);
  if (!answer) throw new MethodError('invalidResultReference', `no call ${resultOf} before this one`);
  if (answer.name !== name) throw new MethodError('invalidResultReference', `${resultOf} answered ${answer.name}`);
  const value = evaluatePointer(answer.args, readPointer(path));
  if (value === undefined) throw new MethodError('invalidResultReference', `${path} leads nowhere`);
  budget.leftOctets -= weigh(value, budget.leftOctets);
  if (budget.leftOctets < 0) throw new MethodError('invalidResultReference', 'the references bring too much');
  return value;
}

/** The tokens of a JSON pointer (RFC 6901 §3, §4). @throws {MethodError} `invalidResultReference`. */
function readPointer(path: string): readonly string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) throw new MethodError('invalidResultReference', 'a path begins with /');
  return path.slice(1).split('/').map(unescapeToken);
}

/** `~1` is `/`, `~0` is `~`, in this order (RFC 6901 §4). */
export function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

export function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** RFC 6901 §4, with `*` for every item of an array, arrays of arrays made flat by one level (RFC 8620 §3.7). */
function evaluatePointer(value: Json, tokens: readonly string[], from = 0): Json | undefined {
  const token = tokens[from];
  if (token === undefined) return value;
  if (isArray(value)) {
    if (token === '*') {
      const found: Json[] = [];
      for (const item of value) {
        const inner = evaluatePointer(item, tokens, from + 1);
        if (inner === undefined) return undefined;
        if (isArray(inner)) for (const one of inner) found.push(one);
        else found.push(inner);
      }
      return found;
    }
    const item = /^(?:0|[1-9]\d{0,9})$/.test(token) ? value[Number(token)] : undefined;
    return item === undefined ? undefined : evaluatePointer(item, tokens, from + 1);
  }
  if (!isObject(value) || !Object.hasOwn(value, token)) return undefined;
  const member = value[token];
  return member === undefined ? undefined : evaluatePointer(member, tokens, from + 1);
}
