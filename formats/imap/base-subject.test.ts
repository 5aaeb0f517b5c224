import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workedMs } from '#tools/testing/worked.ts';
import { readBaseSubject } from './base-subject.ts';

const subjects = [
  ['Conseil de classe', 'Conseil de classe', false],
  ['Re: Conseil', 'Conseil', true],
  ['re [2] : FWD: fw:Conseil', 'Conseil', true],
  ['[liste] Re: Conseil', 'Conseil', true],
  ['[liste] [autre]  Conseil', 'Conseil', false],
  ['Re: [liste] Re: Conseil (fwd) (FWD)', 'Conseil', true],
  ['[liste]', '[liste]', false],
  ['[a][b]', '[b]', false],
  ['Re: [liste]', '[liste]', true],
  ['[Fwd: Re: Conseil]', 'Conseil', true],
  ['[fwd: [fwd: Conseil]] ', 'Conseil', true],
  ['  Re:\t Conseil\r\n  de classe ', 'Conseil de classe', true],
  ['Re:', '', true],
  ['', '', false],
  ['Réf: Conseil', 'Réf: Conseil', false],
  ['Reunion: Conseil', 'Reunion: Conseil', false],
  ['Re[a]b: Conseil', 'Re[a]b: Conseil', false],
] as const;

test('the base subject is what RFC 5256 leaves of it', () => {
  for (const [subject, base, isReplyOrForward] of subjects)
    assert.deepEqual(readBaseSubject(subject), { base, isReplyOrForward }, subject);
});

test('a subject made to be slow is not', () => {
  const start = workedMs();
  for (const part of ['[a]', '[fwd:', 'Re:', '(fwd)', ' ', '[', 'Re [x']) {
    for (let turn = 0; turn < 200; turn += 1) readBaseSubject(part.repeat(1_000));
  }
  assert.ok(workedMs() - start < 2_000);
});
