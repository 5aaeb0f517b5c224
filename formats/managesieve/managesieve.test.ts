import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BadSyntax } from './bad-syntax.ts';
import { readCommand } from './command.ts';
import { printResponse, printString } from './print.ts';
import { readLinePart, type Token } from './token.ts';

const lines = [
  { line: 'LOGOUT', command: { kind: 'logout' } },
  { line: 'capability', command: { kind: 'capability' } },
  { line: 'HAVESPACE "a" 999', command: { kind: 'havespace', name: 'a', sizeOctets: 999 } },
  { line: String.raw`SETACTIVE "a \"b\" \\"`, command: { kind: 'setactive', name: String.raw`a "b" \\`.slice(0, -1) } },
  { line: 'SETACTIVE ""', command: { kind: 'setactive', name: '' } },
  { line: 'RENAMESCRIPT "a" "b"', command: { kind: 'renamescript', name: 'a', newName: 'b' } },
  { line: 'NOOP', command: { kind: 'noop', tag: undefined } },
  { line: 'NOOP "x"', command: { kind: 'noop', tag: 'x' } },
  { line: 'AUTHENTICATE "plain"', command: { kind: 'authenticate', mechanism: 'PLAIN', initial: undefined } },
  { line: 'GETSCRIPT "\u00c3\u00a9t\u00c3\u00a9"', command: { kind: 'getscript', name: 'été' } },
];

for (const { line, command } of lines) {
  test(`reads ${line}`, () => {
    const { tokens, literalOctets } = readLinePart(line, false);
    assert.equal(literalOctets, undefined);
    assert.deepEqual(readCommand(tokens), command);
  });
}

test('a literal ends the line and the command goes on after it', () => {
  const first = readLinePart('PUTSCRIPT "a" {12+}', false);
  assert.equal(first.literalOctets, 12);
  const literal: Token = { kind: 'string', octets: new TextEncoder().encode('keep;\r\nkeep;') };
  const rest = readLinePart('', true);
  const command = readCommand([...first.tokens, literal, ...rest.tokens]);
  assert.equal(command.kind, 'putscript');
});

const broken = [
  { line: 'FROBNICATE', problem: 'command' },
  { line: '"LOGOUT"', problem: 'command' },
  { line: '', problem: 'command' },
  { line: 'LOGOUT "now"', problem: 'arguments' },
  { line: 'HAVESPACE "a" "b"', problem: 'arguments' },
  { line: 'HAVESPACE "a" 4294967296', problem: 'syntax' },
  { line: 'SETACTIVE', problem: 'arguments' },
  { line: 'SETACTIVE  "a"', problem: 'syntax' },
  { line: 'SETACTIVE "a', problem: 'syntax' },
  { line: String.raw`SETACTIVE "a\n"`, problem: 'syntax' },
  { line: 'SETACTIVE {3}', problem: 'syntax' },
  { line: 'SETACTIVE "\u00ff"', problem: 'notUtf8' },
  { line: `SETACTIVE "${'a'.repeat(5000)}"`, problem: 'literalTooLong' },
];

for (const { line, problem } of broken) {
  test(`refuses ${line.slice(0, 40)} (${problem})`, () => {
    assert.throws(
      () => readCommand(readLinePart(line, false).tokens),
      (error) => error instanceof BadSyntax && error.problem === problem,
    );
  });
}

test('a string is quoted where it can be, and a literal where it must', () => {
  assert.equal(printString('a "b" \\'), String.raw`"a \"b\" \\"`);
  assert.equal(printString('é\r\nb'), '{5}\r\né\r\nb');
  assert.equal(printResponse({ status: 'NO', code: 'NONEXISTENT', words: 'x' }), 'NO (NONEXISTENT) "x"\r\n');
});
