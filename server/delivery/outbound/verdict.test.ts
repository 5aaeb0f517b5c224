import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Stage, judgeReply, printDiagnostic } from './verdict.ts';

const rows: readonly {
  readonly stage: Stage;
  readonly code: number;
  readonly enhanced?: string;
  readonly verdict: string;
  readonly because: string;
}[] = [
  { stage: 'rcpt', code: 250, enhanced: '2.1.5', verdict: 'taken', because: 'yes' },
  { stage: 'rcpt', code: 251, verdict: 'taken', because: 'will forward' },
  { stage: 'data', code: 354, verdict: 'taken', because: 'go on' },
  { stage: 'message', code: 354, verdict: 'later message 4.0.0', because: 'a 3xx where none belongs promises nothing' },
  { stage: 'rcpt', code: 450, enhanced: '4.2.1', verdict: 'later recipient 4.2.1', because: 'greylisting' },
  { stage: 'rcpt', code: 550, enhanced: '5.1.1', verdict: 'failed recipient 5.1.1', because: 'no such mailbox' },
  { stage: 'rcpt', code: 550, verdict: 'failed recipient 5.0.0', because: 'without enhanced code' },
  { stage: 'rcpt', code: 550, enhanced: '4.2.1', verdict: 'failed recipient 5.0.0', because: 'the first code decides' },
  { stage: 'rcpt', code: 552, verdict: 'later recipient 4.0.0', because: 'old "too many recipients"' },
  { stage: 'rcpt', code: 552, enhanced: '5.2.2', verdict: 'failed recipient 5.2.2', because: 'it says mailbox full' },
  { stage: 'rcpt', code: 421, verdict: 'later host 4.0.0', because: 'it hangs up' },
  { stage: 'mail', code: 550, enhanced: '5.7.1', verdict: 'failed message 5.7.1', because: 'sender refused' },
  {
    stage: 'mail',
    code: 530,
    enhanced: '5.7.0',
    verdict: 'later message 4.0.0',
    because: 'our smarthost wants a login',
  },
  { stage: 'message', code: 552, enhanced: '5.3.4', verdict: 'failed message 5.3.4', because: 'too large' },
  { stage: 'message', code: 451, enhanced: '4.3.0', verdict: 'later message 4.3.0', because: 'later' },
  { stage: 'message', code: 554, enhanced: '5.6.0', verdict: 'failed message 5.6.0', because: 'no' },
  { stage: 'greeting', code: 554, verdict: 'later host 4.0.0', because: 'this host is not the domain' },
  { stage: 'greeting', code: 421, verdict: 'later host 4.0.0', because: 'busy' },
  { stage: 'hello', code: 550, verdict: 'later host 4.0.0', because: 'our name is not liked here' },
  { stage: 'startTls', code: 454, enhanced: '4.7.0', verdict: 'later host 4.7.0', because: 'TLS is broken there' },
  {
    stage: 'auth',
    code: 535,
    enhanced: '5.7.8',
    verdict: 'later host 4.0.0',
    because: 'our password: an operator can mend it',
  },
];

test('a reply means taken, later, or no for good', () => {
  for (const { stage, code, enhanced, verdict, because } of rows) {
    const found = judgeReply(stage, { code, enhanced, lines: [''] });
    const text = found.kind === 'taken' ? 'taken' : `${found.kind} ${found.scope} ${found.status}`;
    assert.equal(text, verdict, `${stage} ${code} ${enhanced ?? ''}: ${because}`);
  }
});

test('a diagnostic is one bounded line', () => {
  const reply = { code: 550, enhanced: '5.1.1', lines: ['No such\r\nuser é', 'x'.repeat(2000)] };
  const diagnostic = printDiagnostic(reply);
  assert.match(diagnostic, /^smtp; 550 5\.1\.1 No such\?user \? x+$/);
  assert.equal(diagnostic.length, 500);
});
