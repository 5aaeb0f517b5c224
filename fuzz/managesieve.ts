/**
 * Hostile input for the reader of ManageSieve. Each property runs from a seed: `node fuzz/managesieve.ts [seed] [runs]`
 * plays more than the tests do; a seed that found something becomes a row of a table.
 */
import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { BadSyntax } from '#formats/managesieve/bad-syntax.ts';
import { readCommand } from '#formats/managesieve/command.ts';
import { printString } from '#formats/managesieve/print.ts';
import { readLinePart } from '#formats/managesieve/token.ts';

export interface Runs {
  readonly seed: number;
  readonly numRuns: number;
}

const words =
  'AUTHENTICATE|STARTTLS|LOGOUT|CAPABILITY|HAVESPACE|PUTSCRIPT|LISTSCRIPTS|SETACTIVE|GETSCRIPT|DELETESCRIPT|RENAMESCRIPT|CHECKSCRIPT|NOOP|UNAUTHENTICATE|"a"|""|"\\""|{3+}|{99999999999+}|{3}|12|4294967296'.split(
    '|',
  );
const mark = fc.constantFrom(...Array.from(' "\\{}+()*\r\n\0\xff\xc3\xa9'));
const line = fc
  .array(fc.oneof(fc.constantFrom(...words), mark, fc.string({ maxLength: 8 })), { maxLength: 12 })
  .chain((pieces) => fc.constantFrom('', ' ').map((between) => pieces.join(between)));

/** Any line is words or a fault with a place in it, in time that its length bounds. */
export function readerHolds(runs: Runs): void {
  fc.assert(
    fc.property(line, fc.boolean(), (text, isContinued) => {
      const octets = Buffer.from(text).toString('latin1');
      try {
        const { tokens, literalOctets } = readLinePart(octets, isContinued);
        assert.ok(literalOctets === undefined || Number.isSafeInteger(literalOctets));
        readCommand(tokens);
      } catch (error) {
        assert.ok(error instanceof BadSyntax, String(error));
        assert.ok(error.offset >= 0 && error.offset <= octets.length);
      }
    }),
    runs,
  );
}

/** A string that is printed quoted reads back as it was. */
export function stringsHold(runs: Runs): void {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      const printed = printString(text);
      if (!printed.startsWith('"')) return;
      const { tokens } = readLinePart(`NOOP ${Buffer.from(printed).toString('latin1')}`, false);
      assert.deepEqual(readCommand(tokens), { kind: 'noop', tag: text });
    }),
    runs,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const runs = { seed: Number(process.argv[2] ?? Date.now()), numRuns: Number(process.argv[3] ?? 200_000) };
  readerHolds(runs);
  stringsHold(runs);
}
