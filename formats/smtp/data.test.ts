import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workedMs } from '#tools/testing/worked.ts';
import { createDataReader, createLineEndCheck, printData } from './data.ts';

const octets = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));

/** Reads `text` cut into chunks of `chunkOctets`; answers what was unstuffed, what is left, and whether a lone CR or LF was seen. */
function readAll(text: string, chunkOctets: number) {
  const reader = createDataReader();
  const pieces: Uint8Array[] = [];
  const input = octets(text);
  for (let at = 0; at < input.length; at += chunkOctets) {
    const chunk = input.subarray(at, at + chunkOctets);
    const end = reader.push(chunk, (piece) => pieces.push(piece));
    if (end >= 0) {
      const rest = Buffer.from(input.subarray(at + end)).toString('latin1');
      return { message: Buffer.concat(pieces).toString('latin1'), rest, bare: reader.hasBareLineEnd() };
    }
  }
  return { message: Buffer.concat(pieces).toString('latin1'), rest: undefined, bare: reader.hasBareLineEnd() };
}

const rows = [
  { text: '.\r\n', message: '', rest: '', bare: false, because: 'an empty message ends at once' },
  { text: 'a\r\n.\r\nQUIT', message: 'a\r\n', rest: 'QUIT', bare: false, because: 'what follows is the next command' },
  { text: '..\r\n.\r\n', message: '.\r\n', rest: '', bare: false, because: 'one dot was stuffed' },
  {
    text: 'a\r\n.b\r\n.\r\n',
    message: 'a\r\nb\r\n',
    rest: '',
    bare: false,
    because: 'the first dot goes whatever follows',
  },
  { text: 'a.\r\n.\r\n', message: 'a.\r\n', rest: '', bare: false, because: 'a dot within a line is text' },
  { text: '\r\n\r\n.\r\n', message: '\r\n\r\n', rest: '', bare: false, because: 'empty lines are lines' },
  // the smuggling sequences: none ends the message, each is noted
  { text: 'a\n.\nMAIL\r\n.\r\n', message: 'a\n.\nMAIL\r\n', rest: '', bare: true, because: 'LF.LF' },
  { text: 'a\n.\r\nMAIL\r\n.\r\n', message: 'a\n.\r\nMAIL\r\n', rest: '', bare: true, because: 'LF.CRLF' },
  { text: 'a\r\n.\nMAIL\r\n.\r\n', message: 'a\r\n\nMAIL\r\n', rest: '', bare: true, because: 'CRLF.LF' },
  { text: 'a\r.\r\nMAIL\r\n.\r\n', message: 'a\r.\r\nMAIL\r\n', rest: '', bare: true, because: 'CR.CRLF' },
  { text: 'a\r.\rMAIL\r\n.\r\n', message: 'a\r.\rMAIL\r\n', rest: '', bare: true, because: 'CR.CR' },
  { text: 'a\r\n.\rMAIL\r\n.\r\n', message: 'a\r\n\rMAIL\r\n', rest: '', bare: true, because: 'CRLF.CR' },
  { text: 'a\r\n.\r\r\nMAIL\r\n.\r\n', message: 'a\r\n\r\r\nMAIL\r\n', rest: '', bare: true, because: 'CRLF.CRCRLF' },
  { text: 'a\n\r.\r\nMAIL\r\n.\r\n', message: 'a\n\r.\r\nMAIL\r\n', rest: '', bare: true, because: 'LFCR.CRLF' },
  {
    text: 'a\r\r\n.\r\n',
    message: 'a\r\r\n',
    rest: '',
    bare: true,
    because: 'CRCRLF ends the line, and its first CR is alone',
  },
  {
    text: 'a\r\n\0.\r\nMAIL\r\n.\r\n',
    message: 'a\r\n\0.\r\nMAIL\r\n',
    rest: '',
    bare: false,
    because: 'CRLF NUL .CRLF',
  },
  { text: 'a\n.\n', message: 'a\n.\n', rest: undefined, bare: true, because: 'it has not ended yet' },
  { text: 'a\r\n.\r', message: 'a\r\n', rest: undefined, bare: false, because: 'the LF may still come' },
];

test('data ends at CRLF.CRLF only, however it is cut into chunks', () => {
  for (const { text, message, rest, bare, because } of rows) {
    for (let chunkOctets = 1; chunkOctets <= text.length; chunkOctets += 1) {
      const found = readAll(text, chunkOctets);
      assert.equal(found.message, message, `${because}, cut by ${chunkOctets}`);
      assert.equal(found.bare, bare, `${because}, cut by ${chunkOctets}`);
      if (rest === undefined) assert.equal(found.rest, undefined, because);
      else assert.equal(found.rest, rest, `${because}, cut by ${chunkOctets}`);
    }
  }
});

test('a printed message reads back the same', () => {
  for (const message of ['', '.', '.\r\n..\r\n.a', 'a\r\n.\r\nb\r\n', '\r\n.', 'Subject: x\r\n\r\ntext\r\n']) {
    const ended = message === '' || message.endsWith('\r\n') ? message : `${message}\r\n`;
    const printed = Buffer.from(printData(octets(message))).toString('latin1');
    assert.deepEqual(
      readAll(printed, printed.length),
      { message: ended, rest: '', bare: false },
      JSON.stringify(message),
    );
  }
});

test('the check for counted chunks finds lone CR and LF across cuts', () => {
  const checks = [
    { text: 'a\r\nb\r\n', bare: false },
    { text: 'a\r\nb', bare: false },
    { text: '', bare: false },
    { text: 'a\nb\r\n', bare: true },
    { text: 'a\rb\r\n', bare: true },
    { text: 'a\r\r\n', bare: true },
    { text: 'a\r', bare: true },
    { text: '\n', bare: true },
  ];
  for (const { text, bare } of checks) {
    for (let chunkOctets = 1; chunkOctets <= text.length + 1; chunkOctets += 1) {
      const check = createLineEndCheck();
      for (let at = 0; at < text.length; at += chunkOctets) check.push(octets(text.slice(at, at + chunkOctets)));
      assert.equal(check.hasBareLineEnd(), bare, `${JSON.stringify(text)} cut by ${chunkOctets}`);
    }
  }
});

test('a megabyte of base64 lines is read in a few milliseconds', () => {
  const chunk = Buffer.from(`${'A'.repeat(76)}\r\n`.repeat(840));
  const reader = createDataReader();
  let sizeOctets = 0;
  const startedMs = workedMs();
  for (let count = 0; count < 160; count += 1) reader.push(chunk, (piece) => (sizeOctets += piece.length));
  const perMegabyteMs = (workedMs() - startedMs) / (sizeOctets / 1_048_576);
  assert.ok(perMegabyteMs < 50, `${perMegabyteMs.toFixed(2)} ms per MiB`);
  assert.equal(sizeOctets, 160 * chunk.length);
});
