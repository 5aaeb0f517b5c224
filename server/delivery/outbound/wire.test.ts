import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { createDataReader } from '#formats/smtp/data.ts';
import { isEightBit, printData, withCrLf } from './wire.ts';

const text = (octets: Uint8Array): string => Buffer.from(octets).toString('latin1');

test('a line ends with CR LF and with nothing else', () => {
  const rows = {
    'a\r\nb\r\n': 'a\r\nb\r\n',
    'a\nb': 'a\r\nb',
    'a\rb': 'a\r\nb',
    'a\r\r\nb': 'a\r\n\r\nb',
    '\n\r': '\r\n\r\n',
    'a\n.\nMAIL FROM:<x>': 'a\r\n.\r\nMAIL FROM:<x>',
    '': '',
  };
  for (const [given, expected] of Object.entries(rows)) assert.equal(text(withCrLf(Buffer.from(given))), expected);
  const fine = Buffer.from('a\r\n');
  assert.equal(withCrLf(fine), fine, 'not copied');
});

test('leading dots are doubled and the end is told', () => {
  const rows = {
    'a\r\n': 'a\r\n.\r\n',
    a: 'a\r\n.\r\n',
    '': '.\r\n',
    '.\r\n': '..\r\n.\r\n',
    '.a\r\n..b.\r\nc.': '..a\r\n...b.\r\nc.\r\n.\r\n',
  };
  for (const [given, expected] of Object.entries(rows)) assert.equal(text(printData(Buffer.from(given))), expected);
});

test('what is printed is what a server reads, whatever the octets', () => {
  const pieces = fc.array(fc.constantFrom('.', '\r\n', '\r', '\n', 'a', 'é', '\r\n.\r\n'), { maxLength: 40 });
  fc.assert(
    fc.property(pieces, (those) => {
      const octets = withCrLf(Buffer.from(those.join('')));
      const sunk: Buffer[] = [];
      const reader = createDataReader();
      const printed = printData(octets);
      const end = reader.push(printed, (piece) => sunk.push(Buffer.from(piece)));
      assert.equal(end, printed.length, 'the end is at the end');
      const ending = octets.length === 0 || octets.at(-1) === 10 ? '' : '\r\n';
      assert.equal(text(Buffer.concat(sunk)), text(octets) + ending);
    }),
  );
});

test('eight bits are seen', () => {
  assert.equal(isEightBit(Buffer.from('e')), false);
  assert.equal(isEightBit(Buffer.from('é')), true);
});
