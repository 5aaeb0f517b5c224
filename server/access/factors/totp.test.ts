import assert from 'node:assert/strict';
import { test } from 'node:test';

import { base32, findStep, hotp, otpauthUri, stepAt } from './totp.ts';

const secret = Buffer.from('12345678901234567890');

test('the codes of RFC 4226, appendix D', () => {
  const codes = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'];
  for (const [counter, code] of codes.entries()) assert.equal(hotp(secret, counter), code);
});

test('the SHA-1 codes of RFC 6238, appendix B', () => {
  const rows = [
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ] as const;
  for (const [seconds, code] of rows) assert.equal(hotp(secret, stepAt(seconds * 1000), 8), code);
});

test('a code is right one step before and after its own, and no further', () => {
  const at = 1_700_000_010_000;
  const code = hotp(secret, stepAt(at));
  for (const [offset, isRight] of [
    [-60, false],
    [-30, true],
    [0, true],
    [30, true],
    [60, false],
  ] as const)
    assert.equal(findStep(secret, code, at + offset * 1000, 0), isRight ? stepAt(at) : undefined, `${offset} s`);
});

test('a code that was used is wrong, and so is every older one', () => {
  const at = 1_700_000_010_000;
  const step = stepAt(at);
  for (const used of [step, step + 1]) assert.equal(findStep(secret, hotp(secret, step), at, used), undefined);
  assert.equal(findStep(secret, hotp(secret, step + 1), at, step), step + 1);
});

test('a code is taken as people type it, and what is no code is wrong', () => {
  const at = 59_000;
  assert.equal(findStep(secret, ' 287 082 ', at, 0), 1);
  assert.equal(findStep(secret, '287\u202f082', at, 0), 1);
  for (const wrong of ['', '28708', '2870820', 'abcdef', '２８７０８２', '287082\0', '8'.repeat(9999)])
    assert.equal(findStep(secret, wrong, at, 0), undefined, wrong.slice(0, 20));
});

test('base32 as in RFC 4648, §10, without padding', () => {
  const rows = { '': '', f: 'MY', fo: 'MZXQ', foo: 'MZXW6', foob: 'MZXW6YQ', fooba: 'MZXW6YTB', foobar: 'MZXW6YTBOI' };
  for (const [text, printed] of Object.entries(rows)) assert.equal(base32(Buffer.from(text)), printed);
});

test('the QR code says who and where', () => {
  assert.equal(
    otpauthUri(Buffer.from('foobar'), { issuer: 'Académie d’essai', account: 'zoe@a.example' }),
    'otpauth://totp/Acad%C3%A9mie%20d%E2%80%99essai:zoe%40a.example?secret=MZXW6YTBOI&issuer=Acad%C3%A9mie%20d%E2%80%99essai&algorithm=SHA1&digits=6&period=30',
  );
});
