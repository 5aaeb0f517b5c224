import assert from 'node:assert/strict';
import { test } from 'node:test';
import iconv from 'iconv-lite';
import { decodeCharset, isKnownCharset } from './decode.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

const rows: readonly { label: string | null; bytes: Uint8Array; text: string; problem: boolean; because: string }[] = [
  { label: 'utf-8', bytes: utf8('été'), text: 'été', problem: false, because: 'UTF-8' },
  { label: 'UTF8', bytes: utf8('\ufeffété'), text: 'été', problem: false, because: 'the byte order mark is no text' },
  {
    label: 'utf-8',
    bytes: latin1('\xe9t\xe9'),
    text: 'été',
    problem: true,
    because: 'Latin-1 declared as UTF-8 is read as what it is',
  },
  {
    label: 'utf-8',
    bytes: Uint8Array.of(0xc3, 0xa9, 0xff),
    text: 'é\ufffd',
    problem: true,
    because: 'one bad octet spoils only itself',
  },
  { label: null, bytes: utf8('abc'), text: 'abc', problem: false, because: 'ASCII is the default' },
  {
    label: 'us-ascii',
    bytes: utf8('é'),
    text: 'é',
    problem: true,
    because: '8-bit octets in ASCII: UTF-8 if they can be',
  },
  { label: 'us-ascii', bytes: latin1('\xe9'), text: 'é', problem: true, because: 'else Windows-1252' },
  { label: 'x-unknown', bytes: latin1('\x80'), text: '€', problem: true, because: 'unknown charsets are guessed' },
  {
    label: 'iso-8859-1',
    bytes: latin1('\x93a\x94'),
    text: '“a”',
    problem: false,
    because: 'Latin-1 is Windows-1252 to everyone',
  },
  { label: '"ISO-8859-15"', bytes: latin1('\xa4'), text: '€', problem: false, because: 'quotes around labels are met' },
  {
    label: 'utf-16',
    bytes: Uint8Array.of(0xfe, 0xff, 0, 0x41),
    text: 'A',
    problem: false,
    because: 'the mark decides over the label',
  },
  { label: 'utf-7', bytes: utf8('A+-B +AOk-t+AOk.'), text: 'A+B été.', problem: false, because: 'RFC 2152' },
  { label: 'hz-gb-2312', bytes: utf8('~{VPND~} a~~b'), text: '中文 a~b', problem: false, because: 'RFC 1843' },
  {
    label: 'iso-2022-kr',
    bytes: latin1('\x1b$)C\x0eGQ1[\x0f ok'),
    text: '한글 ok',
    problem: false,
    because: 'RFC 1557',
  },
  {
    label: 'iso-2022-jp',
    bytes: latin1('\x1b$BF|K\\\x1b(B'),
    text: '日本',
    problem: false,
    because: 'TextDecoder has it',
  },
  { label: 'gb2312', bytes: Uint8Array.of(0xd6, 0xd0), text: '中', problem: false, because: 'read as GBK' },
  {
    label: 'cp936',
    bytes: Uint8Array.of(0xd6, 0xd0),
    text: '中',
    problem: false,
    because: 'names of Windows code pages',
  },
];

for (const row of rows) {
  test(`${row.label ?? 'no charset'}: ${row.because}`, () => {
    assert.deepEqual(decodeCharset(row.bytes, row.label), { text: row.text, isEncodingProblem: row.problem });
  });
}

test('the code pages of DOS and utf-7 read as iconv-lite reads them', () => {
  const bytes = Uint8Array.from({ length: 128 }, (_, index) => index + 128);
  for (const label of ['cp437', 'cp850'])
    assert.equal(decodeCharset(bytes, label).text, iconv.decode(Buffer.from(bytes), label));
  const text = 'Élève à 5 € – 中文 😀 + ok';
  assert.equal(decodeCharset(iconv.encode(text, 'utf-7'), 'utf-7').text, text);
});

test('a label nobody knows is known to be so, and thousands of them are read without harm', () => {
  assert.equal(isKnownCharset('koi8-r'), true);
  assert.equal(isKnownCharset('x-made-up'), false);
  for (let index = 0; index < 2_000; index++) assert.equal(decodeCharset(utf8('a'), `x-${index}`).text, 'a');
});
