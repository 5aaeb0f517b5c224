import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { csvLimits, type CsvRecord, parseCsv, readCsv } from './read.ts';

const rows = [
  {
    text: 'a;b\n1;2\n',
    read: [
      ['a', 'b'],
      ['1', '2'],
    ],
    because: 'a semicolon, as French spreadsheets write',
  },
  {
    text: 'a,b\r\n1,2\r\n',
    read: [
      ['a', 'b'],
      ['1', '2'],
    ],
    because: 'a comma and CRLF, as RFC 4180 has it',
  },
  {
    text: 'a\tb\n1\t2',
    read: [
      ['a', 'b'],
      ['1', '2'],
    ],
    because: 'a tab, and no line end at the end',
  },
  { text: '\uFEFFa;b\n', read: [['a', 'b']], because: 'a byte order mark is no letter' },
  {
    text: 'a;b\n"x;y";"say ""hi"""\n',
    read: [
      ['a', 'b'],
      ['x;y', 'say "hi"'],
    ],
    because: 'quotes hold separators',
  },
  {
    text: 'a;b\n"1\n2";3\n',
    read: [
      ['a', 'b'],
      ['1\n2', '3'],
    ],
    because: 'quotes hold line ends',
  },
  {
    text: 'a;b\n\n\n1;\n',
    read: [
      ['a', 'b'],
      ['1', ''],
    ],
    because: 'empty lines are no records',
  },
  {
    text: 'a;b\nO"Neil;x\n',
    read: [
      ['a', 'b'],
      ['O"Neil', 'x'],
    ],
    because: 'a quote inside a word is a character',
  },
  {
    text: '"a;x",b\n1,2\n',
    read: [
      ['a;x', 'b'],
      ['1', '2'],
    ],
    because: 'a quoted separator does not count',
  },
  { text: '', read: [], because: 'nothing is nothing' },
];

describe('CSV', () => {
  for (const { text, read, because } of rows) {
    it(`reads ${JSON.stringify(text)}: ${because}`, async () => {
      assert.deepEqual(
        parseCsv(text).map(({ fields }) => fields),
        read,
      );
      // Cut at every octet, it is the same.
      const pieces = [...new TextEncoder().encode(text)].map((octet) => Uint8Array.of(octet));
      assert.deepEqual(
        (await all(pieces)).map(({ fields }) => fields),
        read,
      );
    });
  }

  it('knows where each record begins', () => {
    assert.deepEqual(
      parseCsv('a;b\n"1\n2";3\n\n4;5').map(({ line }) => line),
      [1, 2, 5],
    );
  });

  it('reads windows-1252 and UTF-8 without being told', async () => {
    const latin = Uint8Array.from('nom;ville\nL\u009cw;N\u00eemes', (letter) => letter.charCodeAt(0));
    assert.deepEqual((await all([latin.subarray(0, 4), latin.subarray(4)]))[1]?.fields, ['Lœw', 'Nîmes']);
    const utf8 = new TextEncoder().encode('nom;ville\nLœw;Nîmes');
    assert.deepEqual((await all([utf8.subarray(0, 12), utf8.subarray(12)]))[1]?.fields, ['Lœw', 'Nîmes']);
  });

  it('tells a quote that is never closed, and loses no line after it', () => {
    const lines = Array.from({ length: 3000 }, (_, index) => `name;${index}`);
    const records = parseCsv(`a;b\n"open;0\n${lines.join('\n')}\n`);
    assert.deepEqual(
      records.filter(({ problem }) => problem !== undefined).map(({ line, problem }) => [line, problem]),
      [[2, 'unclosedQuote']],
    );
    assert.equal(records.length, 3002);
    assert.deepEqual(records.at(-1), { line: 3002, fields: ['name', '2999'], problem: undefined });
    assert.deepEqual(
      parseCsv('a;b\n"x\n1;2').map(({ line, problem }) => [line, problem]),
      [
        [1, undefined],
        [2, 'unclosedQuote'],
        [3, undefined],
      ],
    );
    assert.equal(parseCsv(`a;b\n"${'x'.repeat(csvLimits.fieldCharacters * 2)}`).at(-1)?.problem, 'unclosedQuote');
  });

  it('tells a line with too many fields, and goes on with the next', () => {
    const records = parseCsv(`a;b\n${';'.repeat(1000)}\n1;2\n`);
    assert.deepEqual(
      records.map(({ problem }) => problem),
      [undefined, 'tooLong', undefined],
    );
    assert.deepEqual(records[2]?.fields, ['1', '2']);
  });
});

async function all(pieces: readonly Uint8Array[]): Promise<CsvRecord[]> {
  const source = (async function* () {
    yield* pieces;
  })();
  const records: CsvRecord[] = [];
  for await (const batch of readCsv(source)) records.push(...batch);
  return records;
}
