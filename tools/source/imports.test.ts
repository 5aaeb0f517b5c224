import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findImports } from './imports.ts';

const rows = [
  { source: `import a from 'x';`, named: ['x'], because: 'a default import' },
  { source: `import type { A } from "x";`, named: ['x'], because: 'a type import names a file all the same' },
  { source: `import 'x.css'`, named: ['x.css'], because: 'an import for its effect' },
  { source: `import {\n  a,\n  from as b,\n} from 'x';`, named: ['x'], because: 'a name may be called from' },
  { source: `export * from 'x'; export * as y from 'z';`, named: ['x', 'z'], because: 're-exports' },
  { source: `export { a }; const from = 'x';`, named: [], because: 'an export list of our own names no file' },
  { source: `export type { A } from 'x';`, named: ['x'], because: 'a re-exported type' },
  { source: `const x = await import('x');`, named: ['x'], because: 'an import when needed' },
  { source: `const u = import.meta.url; const v = 'x';`, named: [], because: 'import.meta is no import' },
  { source: `// import a from 'x'\n/* import b from 'y' */`, named: [], because: 'comments' },
  { source: 'const s = `import a from "x"`;', named: [], because: 'templates' },
  { source: 'const s = `a ${f({ b: `c` })} import "x"`; import "y";', named: ['y'], because: 'nested templates' },
  { source: `const s = "import a from 'x'";`, named: [], because: 'strings' },
  { source: `const r = /['"]/; import 'y';`, named: ['y'], because: 'a quote in a regular expression' },
  { source: `const q = a / b; const s = '/'; import 'y';`, named: ['y'], because: 'a division is no pattern' },
  { source: `const e = <p>l'été </p>;\nconst f = import('y');`, named: ['y'], because: 'an apostrophe in JSX text' },
];

for (const { source, named, because } of rows) {
  test(`imports are found where they are and nowhere else: ${because}`, () => {
    assert.deepEqual(
      findImports(source).map(({ specifier }) => specifier),
      named,
    );
  });
}

test('an import knows its line', () => {
  assert.deepEqual(findImports("/* a\n b */\n\nimport x from 'x';"), [{ specifier: 'x', line: 4 }]);
});
