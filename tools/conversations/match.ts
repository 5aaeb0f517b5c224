/**
 * Patterns of a conversation, for a line and for JSON. `…` stands for anything, `<name:regex>` remembers what it
 * matched, `$name` is what was remembered (and stays as it is when nothing was: `$seen` is a keyword, not a name).
 */

/** What the conversation has learnt: captures, and the accounts' `alice.email`, `alice.password` … */
export type Names = Map<string, string>;

/** Puts what is known in the place of its name. */
export function fillNames(text: string, names: Names): string {
  return text.replaceAll(/\$([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)/g, (whole, dotted: string) => {
    // `$alice.email.` ends a sentence, and `$id.eml` a file name: the longest known name wins.
    for (let name = dotted; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
      const value = names.get(name);
      if (value !== undefined) return value + dotted.slice(name.length);
    }
    return whole;
  });
}

// The words after a completion or a reply code are for people, and a conversation may leave them out.
const completion = /^(?:\S+ (?:OK|NO|BAD|BYE|PREAUTH)(?: \[[^\]]*\])?|\d{3}(?: \d\.\d{1,3}\.\d{1,3})?)$/;

/** @returns whether the whole line fits; what it captures is remembered only then. */
export function matchLine(pattern: string, line: string, names: Names): boolean {
  const captured: string[] = [];
  const parts = pattern.split(/(…|<[A-Za-z]\w*:(?:\\.|\[[^\]]*\]|[^>\\[])*>)/);
  const source = parts.map((part, at) => {
    if (at % 2 === 0) return RegExp.escape(fillNames(part, names));
    if (part === '…') return '.*';
    const colon = part.indexOf(':');
    captured.push(part.slice(1, colon));
    return `(?<${part.slice(1, colon)}>${part.slice(colon + 1, -1)})`;
  });
  const rest = completion.test(pattern) ? '(?: .*)?' : '';
  const found = new RegExp(`^${source.join('')}${rest}$`, 's').exec(line);
  for (const name of found ? captured : []) names.set(name, found?.groups?.[name] ?? '');
  return found !== null;
}

/**
 * Holds a JSON value against what is expected of it. An object may have more properties than expected; an array has
 * exactly the expected elements, unless the last expected one is "…"; "(absent)" says that a property is not there.
 *
 * @returns the first difference, with the path to it, or undefined.
 */
export function findDifference(expected: unknown, actual: unknown, names: Names, path = '$'): string | undefined {
  if (expected === '…') return actual === undefined ? `${path} is absent` : undefined;
  if (expected === '(absent)') return actual === undefined ? undefined : `${path} is there: ${show(actual)}`;
  if (typeof expected === 'string') {
    // A number may be remembered and compared too, as text.
    const text = typeof actual === 'number' && /[<$]/.test(expected) ? String(actual) : actual;
    if (typeof text === 'string' && matchLine(expected, text, names)) return undefined;
    return `${path} is ${show(actual)}, not ${show(fillNames(expected, names))}`;
  }
  if (Array.isArray(expected)) return arrayDifference(expected, actual, names, path);
  if (typeof expected !== 'object' || expected === null)
    return expected === actual ? undefined : `${path} is ${show(actual)}, not ${show(expected)}`;
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual))
    return `${path} is ${show(actual)}, not an object`;
  const properties = new Map(Object.entries(actual));
  for (const [key, value] of Object.entries(expected)) {
    const name = fillNames(key, names);
    const difference = findDifference(value, properties.get(name), names, `${path}.${name}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function arrayDifference(
  expected: readonly unknown[],
  actual: unknown,
  names: Names,
  path: string,
): string | undefined {
  if (!Array.isArray(actual)) return `${path} is ${show(actual)}, not an array`;
  const isOpen = expected.at(-1) === '…';
  const fixed = isOpen ? expected.slice(0, -1) : expected;
  if (isOpen ? actual.length < fixed.length : actual.length !== fixed.length) {
    return `${path} has ${actual.length} elements, not ${fixed.length}: ${show(actual)}`;
  }
  for (const [at, value] of fixed.entries()) {
    const difference = findDifference(value, actual[at], names, `${path}[${at}]`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

const show = (value: unknown): string => (JSON.stringify(value) ?? 'absent').slice(0, 400);
