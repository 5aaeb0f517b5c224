import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadSyntax } from './bad-syntax.ts';
import { readCommand } from './command.ts';
import { isInternational, printMailbox } from './path.ts';
import { printXtext, readXtext } from './xtext.ts';

const noMailParameters = {
  sizeOctets: undefined,
  body: undefined,
  isUtf8: false,
  ret: undefined,
  envid: undefined,
  hold: undefined,
  auth: undefined,
};

const paths = [
  { line: 'MAIL FROM:<a@b.fr>', address: 'a@b.fr', because: 'the plain form' },
  { line: 'mail from:<a@b.fr>', address: 'a@b.fr', because: 'letter case is ignored' },
  { line: 'MAIL FROM: <a@b.fr>  ', address: 'a@b.fr', because: 'printers put a space, and spaces may trail' },
  { line: 'MAIL FROM:<>', address: '', because: 'bounces have no sender' },
  { line: 'RCPT TO:<Postmaster>', address: 'postmaster', because: 'postmaster needs no domain' },
  { line: 'RCPT TO:<"a b"@c.fr>', address: '"a b"@c.fr', because: 'a space needs its quotes' },
  { line: 'RCPT TO:<"a.b"@c.fr>', address: 'a.b@c.fr', because: 'quotes that are not needed are not part of it' },
  { line: 'RCPT TO:<"a\\"b\\\\"@c.fr>', address: '"a\\"b\\\\"@c.fr', because: 'quoted pairs' },
  { line: 'RCPT TO:<"a>b@c"@d.fr>', address: '"a>b@c"@d.fr', because: 'quotes hide brackets and at signs' },
  { line: 'RCPT TO:<@relay.fr,@[192.0.2.1]:a@b.fr>', address: 'a@b.fr', because: 'a source route is forgotten' },
  { line: 'RCPT TO:<a@[192.0.2.1]>', address: 'a@[192.0.2.1]', because: 'an IPv4 literal' },
  { line: 'RCPT TO:<a@[IPv6:2001:db8::1]>', address: 'a@[IPv6:2001:db8::1]', because: 'an IPv6 literal' },
  { line: 'RCPT TO:<a@[IPv6:::ffff:192.0.2.1]>', address: 'a@[IPv6:::ffff:192.0.2.1]', because: 'IPv4 within IPv6' },
  { line: 'RCPT TO:<é@académie.fr>', address: 'é@académie.fr', because: 'RFC 6531' },
  { line: 'RCPT TO:<a..b.@docomo.ne.jp>', address: '"a..b."@docomo.ne.jp', because: 'old Japanese addresses' },
  { line: `RCPT TO:<${'a'.repeat(200)}@b.fr>`, address: `${'a'.repeat(200)}@b.fr`, because: 'SRS is longer than 64' },
  { line: 'MAIL FROM:<root@my_host>', address: 'root@my_host', because: 'container names have underscores' },
];

test('paths are read as the grammar says', () => {
  for (const { line, address, because } of paths) {
    const command = readCommand(line);
    assert.ok(command.kind === 'mail' || command.kind === 'rcpt', because);
    assert.equal(printMailbox(command.path), address, because);
    // and what is printed reads back the same
    const again = readCommand(`${command.kind === 'mail' ? 'MAIL FROM' : 'RCPT TO'}:<${address}>`);
    assert.deepEqual('path' in again && again.path, command.path, because);
  }
});

const commands = [
  { line: 'EHLO [192.0.2.1]', command: { kind: 'hello', verb: 'EHLO', name: '[192.0.2.1]' } },
  { line: 'lhlo my_pc.local ', command: { kind: 'hello', verb: 'LHLO', name: 'my_pc.local' } },
  { line: 'BDAT 0 LAST', command: { kind: 'bdat', sizeOctets: 0, isLast: true } },
  { line: 'BDAT 123456', command: { kind: 'bdat', sizeOctets: 123_456, isLast: false } },
  { line: 'AUTH LOGIN', command: { kind: 'auth', mechanism: 'LOGIN', initialResponse: undefined } },
  { line: 'AUTH plain AGEAYg==', command: { kind: 'auth', mechanism: 'PLAIN', initialResponse: 'AGEAYg==' } },
  { line: 'AUTH EXTERNAL =', command: { kind: 'auth', mechanism: 'EXTERNAL', initialResponse: '' } },
  { line: 'NOOP what ever', command: { kind: 'noop' } },
  { line: 'DATA ', command: { kind: 'data' } },
  {
    line: 'MAIL FROM:<a@b.fr> SIZE=1000 BODY=8bitmime SMTPUTF8 RET=hdrs ENVID=QQ+2B1 HOLDFOR=60 AUTH=c+40d.fr',
    command: {
      kind: 'mail',
      path: { kind: 'mailbox', localPart: 'a', domain: 'b.fr' },
      parameters: {
        sizeOctets: 1000,
        body: '8BITMIME',
        isUtf8: true,
        ret: 'HDRS',
        envid: 'QQ+1',
        hold: { kind: 'for', seconds: 60 },
        auth: { kind: 'mailbox', localPart: 'c', domain: 'd.fr' },
      },
    },
  },
  {
    line: 'MAIL FROM:<> HOLDUNTIL=2026-11-22T08:00:00+01:00 AUTH=<>',
    command: {
      kind: 'mail',
      path: { kind: 'null' },
      parameters: {
        ...noMailParameters,
        hold: { kind: 'until', instantMs: Date.UTC(2026, 10, 22, 7) },
        auth: { kind: 'null' },
      },
    },
  },
  {
    line: 'RCPT TO:<a@b.fr> NOTIFY=success,FAILURE ORCPT=rfc822;x+2By@z.fr',
    command: {
      kind: 'rcpt',
      path: { kind: 'mailbox', localPart: 'a', domain: 'b.fr' },
      parameters: { notify: ['success', 'failure'], orcpt: { addressType: 'rfc822', address: 'x+y@z.fr' } },
    },
  },
  {
    line: 'RCPT TO:<postmaster> NOTIFY=NEVER ORCPT=utf-8;\\x{E9}@z.fr',
    command: {
      kind: 'rcpt',
      path: { kind: 'postmaster' },
      parameters: { notify: [], orcpt: { addressType: 'utf-8', address: 'é@z.fr' } },
    },
  },
];

test('commands are read with their parameters', () => {
  for (const { line, command } of commands) assert.deepEqual(readCommand(line), command, line);
});

const refused = [
  { line: '', problem: 'command', offset: 0 },
  { line: 'GET / HTTP/1.1', problem: 'command', offset: 0 },
  { line: 'DATAX', problem: 'command', offset: 0 },
  { line: 'MAIL\0FROM:<a@b.fr>', problem: 'command', offset: 0 },
  { line: 'MAIL FROM:<a@b.fr>\tSIZE=1', problem: 'syntax', offset: 18 },
  { line: 'NOOP \r', problem: 'syntax', offset: 5 },
  { line: 'DATA now', problem: 'argument', offset: 4 },
  { line: 'EHLO', problem: 'argument', offset: 4 },
  { line: `EHLO ${'x'.repeat(300)}`, problem: 'argument', offset: 305 },
  { line: 'MAIL FROM:a@b.fr', problem: 'senderAddress', offset: 10 },
  { line: 'MAIL FROM:<a>', problem: 'senderAddress', offset: 12 },
  { line: 'MAIL FROM:<a@b.fr', problem: 'senderAddress', offset: 17 },
  { line: 'MAIL FROM:<a b@c.fr>', problem: 'senderAddress', offset: 12 },
  { line: 'MAIL FROM:<a@b..fr>', problem: 'senderAddress', offset: 13 },
  { line: 'MAIL FROM:<a@b.fr.>', problem: 'senderAddress', offset: 13 },
  { line: 'MAIL FROM:<a@-b.fr>', problem: 'senderAddress', offset: 13 },
  { line: 'MAIL FROM:<""@b.fr>', problem: 'senderAddress', offset: 11 },
  { line: `MAIL FROM:<${'a'.repeat(256)}@b.fr>`, problem: 'senderAddress', offset: 11 },
  { line: `MAIL FROM:<a@${'b'.repeat(64)}.fr>`, problem: 'senderAddress', offset: 13 },
  { line: 'RCPT TO:<>', problem: 'recipientAddress', offset: 9 },
  { line: 'RCPT TO:<a@[1.2.3]>', problem: 'recipientAddress', offset: 11 },
  { line: 'RCPT TO:<a@[256.2.3.4]>', problem: 'recipientAddress', offset: 11 },
  { line: 'RCPT TO:<a@[IPv6:1:2:3]>', problem: 'recipientAddress', offset: 11 },
  { line: 'RCPT TO:<a@[IPv6:1::2::3]>', problem: 'recipientAddress', offset: 11 },
  { line: 'MAIL FROM:<a@b.fr> FOO=1', problem: 'parameter', offset: 19 },
  { line: 'MAIL FROM:<a@b.fr> NOTIFY=NEVER', problem: 'parameter', offset: 19 },
  { line: 'MAIL FROM:<a@b.fr> SIZE=1 SIZE=2', problem: 'argument', offset: 26 },
  { line: 'MAIL FROM:<a@b.fr> SIZE=1x', problem: 'argument', offset: 24 },
  { line: 'MAIL FROM:<a@b.fr> SIZE', problem: 'argument', offset: 23 },
  { line: 'MAIL FROM:<a@b.fr>SIZE=1', problem: 'argument', offset: 18 },
  { line: 'MAIL FROM:<a@b.fr> BODY=BINARYMIME', problem: 'argument', offset: 24 },
  { line: 'MAIL FROM:<a@b.fr> SMTPUTF8=1', problem: 'argument', offset: 28 },
  { line: 'MAIL FROM:<a@b.fr> ENVID=a+0Db', problem: 'argument', offset: 25 },
  { line: 'MAIL FROM:<a@b.fr> HOLDFOR=1 HOLDUNTIL=2026-01-01T00:00:00Z', problem: 'argument', offset: 39 },
  { line: 'MAIL FROM:<a@b.fr> HOLDUNTIL=tomorrow', problem: 'argument', offset: 29 },
  { line: 'RCPT TO:<a@b.fr> NOTIFY=NEVER,DELAY', problem: 'argument', offset: 24 },
  { line: 'RCPT TO:<a@b.fr> NOTIFY=DELAY,DELAY', problem: 'argument', offset: 24 },
  { line: 'RCPT TO:<a@b.fr> ORCPT=rfc822', problem: 'argument', offset: 23 },
  { line: 'RCPT TO:<a@b.fr> ORCPT=utf-8;\\x{D800}@c', problem: 'argument', offset: 23 },
  { line: 'BDAT', problem: 'argument', offset: 4 },
  { line: 'BDAT -1', problem: 'argument', offset: 5 },
  { line: 'BDAT 1000000000000000', problem: 'argument', offset: 5 },
  { line: 'BDAT 10 LAST MORE', problem: 'argument', offset: 12 },
  { line: 'AUTH PLAIN *', problem: 'argument', offset: 11 },
  { line: 'AUTH PLAIN =x', problem: 'argument', offset: 11 },
] as const;

test('what does not fit is refused with its offset', () => {
  for (const { line, problem, offset } of refused) {
    assert.throws(
      () => readCommand(line),
      (error) => {
        assert.ok(error instanceof BadSyntax, `${line}: ${String(error)}`);
        assert.deepEqual({ problem: error.problem, offset: error.offset }, { problem, offset }, line);
        return true;
      },
    );
  }
});

test('only an address beyond ASCII needs SMTPUTF8', () => {
  assert.equal(isInternational({ kind: 'mailbox', localPart: 'é', domain: 'b.fr' }), true);
  assert.equal(isInternational({ kind: 'mailbox', localPart: 'e', domain: 'académie.fr' }), true);
  assert.equal(isInternational({ kind: 'mailbox', localPart: 'e', domain: 'b.fr' }), false);
  assert.equal(isInternational({ kind: 'null' }), false);
});

test('xtext reads back what it printed', () => {
  for (const text of ['', 'plain', 'a+b=c d', 'é%41+2B', '😀']) assert.equal(readXtext(printXtext(text)), text);
  assert.throws(() => readXtext('+FF'), BadSyntax, 'octets that are not UTF-8');
  assert.throws(() => readXtext('a+2b'), BadSyntax, 'hex digits are upper case');
});
