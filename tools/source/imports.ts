/**
 * Finds the imports of a TypeScript source. TypeScript 7 gives no compiler API, so this reads the tokens itself:
 * enough of the lexical grammar (strings, templates, comments, regular expressions) that an import inside any of
 * them is not taken for one. It never throws: what does not lex is passed over.
 */

/** One import as written. `line` counts from 1. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
}

interface Token {
  readonly kind: 'word' | 'string' | 'mark';
  readonly text: string;
  readonly line: number;
}

/** @returns every static import, re-export and `import('…')` with a plain string, in the order they stand. */
export function findImports(source: string): readonly Import[] {
  const tokens = readTokens(source);
  const found: Import[] = [];
  tokens.forEach((token, at) => {
    if (token.kind !== 'word' || tokens[at - 1]?.text === '.') return;
    const named =
      token.text === 'import' ? afterImport(tokens, at) : token.text === 'export' ? afterExport(tokens, at) : undefined;
    if (named) found.push({ specifier: named.text, line: named.line });
  });
  return found;
}

function afterImport(tokens: readonly Token[], at: number): Token | undefined {
  const next = tokens[at + 1];
  if (next?.kind === 'string') return next;
  if (next?.text === '(') return tokens[at + 2]?.kind === 'string' ? tokens[at + 2] : undefined;
  if (next?.text === '.') return undefined;
  return afterFrom(tokens, at + 1);
}

function afterExport(tokens: readonly Token[], at: number): Token | undefined {
  const first = tokens[at + 1]?.text === 'type' ? at + 2 : at + 1;
  const text = tokens[first]?.text;
  if (text !== '*' && text !== '{') return undefined;
  // `export { a }` without `from` must not run on into the next statement.
  const end = text === '{' ? tokens.findIndex((token, index) => index > first && token.text === '}') : first;
  const from = tokens[end + 1]?.text === 'as' ? end + 3 : end + 1;
  return tokens[from]?.text === 'from' && tokens[from + 1]?.kind === 'string' ? tokens[from + 1] : undefined;
}

function afterFrom(tokens: readonly Token[], start: number): Token | undefined {
  for (let at = start; at < tokens.length; at++) {
    const token = tokens[at];
    if (!token || token.text === ';' || token.text === '=') return undefined;
    if (token.text === 'from' && tokens[at + 1]?.kind === 'string') return tokens[at + 1];
  }
  return undefined;
}

const space = /[\s]+/y;
const comment = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
const word = /[\p{ID_Start}$_#@][\p{ID_Continue}$\u200c\u200d]*|\d[\w.]*/uy;
// A string or a regular expression ends on its line; an apostrophe in JSX text then costs no more than that line.
const string = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y;
const pattern = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const beforePattern: ReadonlySet<string> = new Set(['return', 'typeof', 'case', 'in', 'of', 'await', 'yield', 'void']);

function readTokens(source: string): readonly Token[] {
  const tokens: Token[] = [];
  // Each open `${` of a template remembers how many braces are open inside it.
  const templates: number[] = [];
  let at = 0;
  let line = 1;
  const take = (expression: RegExp): string | undefined => {
    expression.lastIndex = at;
    return expression.exec(source)?.[0];
  };
  const pass = (text: string): void => {
    at += text.length;
    for (const character of text) if (character === '\n') line++;
  };
  const passTemplate = (): void => {
    const end = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{|$)/y;
    const text = take(end) ?? '';
    pass(text);
    if (text.endsWith('${')) templates.push(0);
  };
  while (at < source.length) {
    const skipped = take(space) ?? take(comment);
    if (skipped) {
      pass(skipped);
      continue;
    }
    const name = take(word);
    if (name) {
      tokens.push({ kind: 'word', text: name, line });
      pass(name);
      continue;
    }
    const quoted = take(string);
    if (quoted) {
      tokens.push({ kind: 'string', text: quoted.slice(1, -1), line });
      pass(quoted);
      continue;
    }
    const mark = source[at] ?? '';
    if (mark === '/' && mayStartPattern(tokens.at(-1))) {
      const literal = take(pattern);
      if (literal) {
        tokens.push({ kind: 'mark', text: 'pattern', line });
        pass(literal);
        continue;
      }
    }
    pass(mark);
    const depth = templates.at(-1);
    if (mark === '`') passTemplate();
    else if (mark === '}' && depth === 0) {
      templates.pop();
      passTemplate();
    } else {
      if (depth !== undefined && mark === '{') templates[templates.length - 1] = depth + 1;
      if (depth !== undefined && mark === '}') templates[templates.length - 1] = depth - 1;
      tokens.push({ kind: 'mark', text: mark, line });
    }
  }
  return tokens;
}

/** After a value `/` divides; after `<` it closes a JSX element; anywhere else it opens a regular expression. */
function mayStartPattern(before: Token | undefined): boolean {
  if (!before) return true;
  if (before.kind === 'string') return false;
  if (before.kind === 'word') return beforePattern.has(before.text);
  return ![')', ']', '}', '<', 'pattern'].includes(before.text);
}
