/** Tables for the small readers: words, parameters, dates, header forms, subjects. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printDate, readDate } from './date.ts';
import { headerValue, readHeaderForm, readHeaderProperty } from './headers.ts';
import { readParameterised } from './params.ts';
import { printField } from './printfield.ts';
import { baseSubject, isReplyOrForward } from './subject.ts';
import { decodeWords } from './words.ts';

const words: readonly (readonly [string, string, string])[] = [
  ['=?utf-8?Q?=C3=A9t=C3=A9?=', 'été', 'Q'],
  ['=?UTF-8?b?w6l0w6k=?=', 'été', 'B, either case'],
  ['=?iso-8859-1?q?=E9t=E9?= 2026', 'été 2026', 'the space before plain text stays'],
  ['=?utf-8?Q?a?= =?utf-8?Q?b?=', 'ab', 'the space between words goes'],
  ['=?utf-8?Q?a_?=  =?iso-8859-1?Q?b?=', 'a b', 'also between charsets'],
  ['=?utf-8?B?w4lj?==?utf-8?B?b2xl?=', 'École', 'no space between words is met'],
  ['=?utf-8?Q?=C3?= =?utf-8?Q?=A9?=', 'é', 'a character split between words'],
  ['=?utf-8?B?4oI=?= =?utf-8?Q?=AC?=', '€', 'split between B and Q'],
  ['=?utf-8?Q?a b?=', 'a b', 'a space within a word is met'],
  ['=?utf-8?Q?what??=', 'what?', 'a question mark within a word is met'],
  ['=?utf-8*fr?Q?=C3=A9?=', 'é', 'a language (RFC 2231 §5)'],
  ['=?x-unknown?Q?=E9?=', 'é', 'an unknown charset is guessed'],
  ['=?utf-8?X?abc?=', '=?utf-8?X?abc?=', 'an unknown encoding stays'],
  ['=?utf-8?Q?abc', '=?utf-8?Q?abc', 'a word that never ends stays'],
  ['a =? b', 'a =? b', 'no word'],
];
for (const [text, decoded, because] of words)
  test(`encoded-words: ${because}`, () => assert.equal(decodeWords(text), decoded));

const params: readonly (readonly [string, string, Record<string, string>, string])[] = [
  ['Text/HTML; Charset="UTF-8"', 'text/html', { charset: 'UTF-8' }, 'case'],
  ['text/plain; charset=us-ascii (Plain text)', 'text/plain', { charset: 'us-ascii' }, 'a comment'],
  ["a/b; name*=utf-8''%c3%a9t%C3%A9.pdf", 'a/b', { name: 'été.pdf' }, 'RFC 2231'],
  ["a/b; name*0*=iso-8859-1'fr'%E9; name*1=t; name*2*=%E9", 'a/b', { name: 'été' }, 'continued'],
  ['a/b; name*1="b.pdf"; name*0="a"', 'a/b', { name: 'ab.pdf' }, 'out of order'],
  ["a/b; name=plain; name*=utf-8''%C3%A9", 'a/b', { name: 'é' }, 'the extended one wins'],
  ['a/b; name="=?utf-8?Q?=C3=A9.pdf?="', 'a/b', { name: 'é.pdf' }, 'RFC 2047 in quotes is met'],
  ['a/b; name=mon fichier(1).pdf; x=y', 'a/b', { name: 'mon fichier(1).pdf', x: 'y' }, 'forgotten quotes'],
  ['a/b; name="a\\"b"; c="C:\\temp"', 'a/b', { name: 'a"b', c: 'C:\\temp' }, 'backslashes'],
  ['a/b;; ;boundary="x; y"; flag; z=1', 'a/b', { boundary: 'x; y', z: '1' }, 'stray semicolons'],
  ['a/b; name="abc', 'a/b', { name: 'abc' }, 'a quote that never closes'],
  ['', '', {}, 'nothing'],
];
for (const [raw, value, expected, because] of params) {
  test(`parameters: ${because}`, () => assert.deepEqual(readParameterised(raw), { value, params: expected }));
}

const dates: readonly (readonly [string, string | null, string])[] = [
  ['Sun, 22 Nov 2026 08:30:00 +0100', '2026-11-22T08:30:00+01:00', 'usual'],
  ['Sun, 22 Nov 2026 08:30:00 +0100 (CET)', '2026-11-22T08:30:00+01:00', 'comment'],
  ['22 Nov 2026 08:30 GMT', '2026-11-22T08:30:00Z', 'no seconds, named zone'],
  ['Sun, 1 Nov 26 8:05:09 EST', '2026-11-01T08:05:09-05:00', 'two digits, obsolete zone'],
  ['Tue, 3 Jan 99 00:00:00 -0000', '1999-01-03T00:00:00Z', 'the last century'],
  ['Sun Nov 22 01:08:51 2026', '2026-11-22T01:08:51Z', 'asctime'],
  ['Sun Nov 22 01:08:51 CET 2026', '2026-11-22T01:08:51+01:00', 'date(1)'],
  ['dim., 22 nov. 2026 08:30:00 +0100', '2026-11-22T08:30:00+01:00', 'a French day'],
  ['2026-11-22T08:30:00.123+01:00', '2026-11-22T08:30:00+01:00', 'RFC 3339'],
  ['22-Nov-2026 08:30:00 +0530', '2026-11-22T08:30:00+05:30', 'dashes'],
  ['Sun, 22 Nov 2026 08:30:60 +0000', '2026-11-22T08:30:59Z', 'leap second'],
  ['Sun, 31 Feb 2026 08:30:00 +0000', null, 'no such day'],
  ['Sun, 22 Nov 2026 25:30:00 +0000', null, 'no such hour'],
  ['yesterday', null, 'no date'],
  ['', null, 'nothing'],
];
for (const [raw, read, because] of dates) test(`dates: ${because}`, () => assert.equal(readDate(raw), read));

test('a printed date reads back with its offset', () => {
  for (const date of ['2026-11-22T08:30:00+01:00', '2026-02-28T23:59:59Z', '1999-12-31T00:00:00-09:30']) {
    assert.equal(readDate(printDate(date) ?? ''), date);
  }
  assert.equal(printDate('2026-11-22T08:30:00+01:00'), 'Sun, 22 Nov 2026 08:30:00 +0100');
  assert.equal(printDate('2026-13-22T08:30:00Z'), null);
});

const properties: readonly (readonly [string, string | null])[] = [
  ['header:Subject', 'Subject Raw false'],
  ['header:Subject:asText', 'Subject Text false'],
  ['header:Subject:asText:all', 'Subject Text true'],
  ['header:X-Foo:all', 'X-Foo Raw true'],
  ['header:From:asText', null],
  ['header:Subject:asAddresses', null],
  ['header:Received:asText', null],
  ['header:X-Foo:asURLs', 'X-Foo URLs false'],
  ['header:List-Post:asURLs', 'List-Post URLs false'],
  ['header:Date:asMessageIds', null],
  ['header:X-Foo:asNothing', null],
  ['header:X-Foo:all:asText', null],
  ['header:', null],
  ['header:a b', null],
  ['subject', null],
];
for (const [property, expected] of properties) {
  test(`property ${property} is ${expected ?? 'refused'}`, () => {
    const read = readHeaderProperty(property);
    assert.equal(read === null ? null : `${read.name} ${read.form} ${read.isAll}`, expected);
  });
}

test('a property gives the last field, or all in order', () => {
  const fields = ['one', 'two'].map((raw) => ({ name: 'X-A', raw: ` ${raw}`, start: 0, end: 0 }));
  const value = (property: string): unknown => {
    const read = readHeaderProperty(property);
    return read === null ? undefined : headerValue(fields, read);
  };
  assert.equal(value('header:x-a'), ' two');
  assert.deepEqual(value('header:x-a:asText:all'), ['one', 'two']);
  assert.equal(value('header:x-b'), null);
  assert.deepEqual(value('header:x-b:all'), []);
});

test('forms: ids without brackets, URLs without comments, text without folding', () => {
  assert.deepEqual(readHeaderForm(' <a@b>\r\n <c@\r\n d>', 'MessageIds'), ['a@b', 'c@d']);
  assert.equal(readHeaderForm(' none', 'MessageIds'), null);
  assert.deepEqual(readHeaderForm(' <https://a.fr/u> (quit), <mailto:x@y>', 'URLs'), ['https://a.fr/u', 'mailto:x@y']);
  assert.equal(readHeaderForm(' a\r\n\tb =?utf-8?Q?=C3=A9?= ', 'Text'), 'a\tb é');
});

const subjects: readonly (readonly [string, string])[] = [
  ['Re: Réunion', 'Réunion'],
  ['RE : Re: TR : Réunion', 'Réunion'],
  ['Réf: Réunion', 'Réunion'],
  ['[profs] Re: [profs] Réunion (fwd)', 'Réunion'],
  ['Re[2]: Réunion', 'Réunion'],
  ['[Fwd: Re: Réunion]', 'Réunion'],
  ['Rép : AW: Réunion', 'Réunion'],
  ['Recrutement: deux postes', 'Recrutement: deux postes'],
  ['[3B]', '[3B]'],
  ['', ''],
];
for (const [subject, base] of subjects)
  test(`base subject of "${subject}"`, () => assert.equal(baseSubject(subject), base));

test('replies and forwards are told from other subjects', () => {
  for (const subject of ['Re: a', '[l] RE : a', 'a (fwd)', '[Fwd: a]', 'TR: a'])
    assert.equal(isReplyOrForward(subject), true, subject);
  for (const subject of ['a', 'Retour: a', '[l] a', '']) assert.equal(isReplyOrForward(subject), false, subject);
});

test('any printed text reads back, in lines of at most 78 characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (value) => {
      const text = value
        .replace(/\p{Cc}+/gu, ' ')
        .trim()
        .normalize('NFC')
        .trim();
      const field = printField({ name: 'Subject', form: 'Text', value: text });
      assert.equal(readHeaderForm(field.slice('Subject:'.length, -2), 'Text'), text);
      if (/[^ -~]/.test(text))
        for (const line of field.split('\r\n')) assert.ok(line.length <= 78 || !line.includes('=?'), line);
    }),
    { seed: 11, numRuns: 500 },
  );
});

test('a raw value cannot begin another field', () => {
  for (const value of [' a\r\nBcc: x', ' a\nb', ' a\r b', ' a\0']) {
    assert.throws(() => printField({ name: 'X', form: 'Raw', value }), { name: 'BadField' });
  }
  assert.equal(printField({ name: 'X', form: 'Raw', value: ' a\r\n b' }), 'X: a\r\n b\r\n');
  assert.throws(() => printField({ name: 'X Y', form: 'Text', value: '' }), { name: 'BadField' });
});
