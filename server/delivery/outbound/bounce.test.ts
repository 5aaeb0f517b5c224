import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMessage } from '#formats/message/parse.ts';
import { type Report, planReturn, printReport } from './bounce.ts';
import { causeOf } from './bounce-words.ts';

const original = Buffer.from('From: <alice@example.fr>\r\nSubject: Réunion\r\n\r\nBonjour\r\n');
const report: Report = {
  action: 'failed',
  recipients: [
    {
      finalRecipient: 'bob@elsewhere.example',
      originalRecipient: { addressType: 'rfc822', address: 'robert@elsewhere.example' },
      status: '5.1.1',
      remoteMta: 'mx.elsewhere.example',
      diagnostic: 'smtp; 550 5.1.1 No such user',
      lastAttemptAtMs: Date.UTC(2026, 10, 22, 9),
    },
  ],
  sender: 'alice@example.fr',
  reportingMta: 'mail.example.fr',
  from: 'postmaster@example.fr',
  messageId: 'r1@mail.example.fr',
  atMs: Date.UTC(2026, 10, 22, 9),
  arrivedAtMs: Date.UTC(2026, 10, 22, 8),
  willRetryUntilMs: undefined,
  envid: 'E+1',
  ret: undefined,
  original: { octets: original, subject: 'Réunion', messageId: 'm1@example.fr' },
  language: 'fr',
  timeZone: 'Europe/Paris',
  boundarySeed: 'seed',
};

const print = (given: Partial<Report> = {}) => Buffer.from(printReport({ ...report, ...given }));

/** The decoded text of quoted-printable, enough for a test. */
function readable(text: string): string {
  const octets = text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1').toString('utf8').replaceAll('\u202f', ' ').replaceAll('\u00a0', ' ');
}

test('a report has a text, a status and the message it is about', () => {
  const octets = print();
  const { structure } = parseMessage(octets);
  assert.equal(`${structure.type}/${structure.subtype}`, 'multipart/report');
  assert.deepEqual(
    structure.subParts.map(({ type, subtype }) => `${type}/${subtype}`),
    ['text/plain', 'message/delivery-status', 'message/rfc822'],
  );
  const text = octets.toString('latin1');
  assert.ok(octets.includes(original), 'the message is returned octet for octet');
  for (const line of [
    'Auto-Submitted: auto-replied',
    'To: alice@example.fr',
    'In-Reply-To: <m1@example.fr>',
    'Reporting-MTA: dns; mail.example.fr',
    'Original-Envelope-Id: E+1',
    'Original-Recipient: rfc822; robert@elsewhere.example',
    'Final-Recipient: rfc822; bob@elsewhere.example',
    'Action: failed',
    'Status: 5.1.1',
    'Remote-MTA: dns; mx.elsewhere.example',
    'Diagnostic-Code: smtp; 550 5.1.1 No such user',
  ]) {
    assert.ok(text.includes(`\r\n${line}\r\n`), `${line} in\n${text}`);
  }
  assert.doesNotMatch(text, /[^\r]\n/, 'every line ends with CRLF');
});

test('people read what happened and what to do, first in their language', () => {
  const french = readable(print().toString('latin1'));
  assert.ok(french.includes('Votre message n’a pas pu être remis à :'));
  assert.ok(french.includes('Cette adresse n’existe pas. Vérifiez comment elle s’écrit.'));
  assert.ok(french.includes('Il s’agit du message « Réunion » du dimanche 22 novembre 2026'), french);
  assert.ok(french.indexOf('Votre message') < french.indexOf('Your message'));
  const english = readable(
    print({ language: 'en', action: 'delayed', willRetryUntilMs: Date.UTC(2026, 10, 27) }).toString('latin1'),
  );
  assert.ok(english.indexOf('could not yet be delivered') < english.indexOf('pas encore pu être remis'));
  assert.match(english, /We keep trying until Friday,? 27 November 2026/);
  assert.match(english, /Will-Retry-Until: Fri, 27 Nov 2026/);
});

test('only a failure returns the whole message', () => {
  const large = Buffer.concat([original, Buffer.alloc(200_000, 'x')]);
  const rows = [
    { action: 'failed', ret: undefined, octets: original, type: 'message/rfc822' },
    { action: 'failed', ret: 'HDRS', octets: original, type: 'text/rfc822-headers' },
    { action: 'failed', ret: undefined, octets: large, type: 'text/rfc822-headers' },
    { action: 'failed', ret: 'FULL', octets: large, type: 'message/rfc822' },
    { action: 'delayed', ret: 'FULL', octets: original, type: 'text/rfc822-headers' },
    { action: 'relayed', ret: undefined, octets: original, type: 'text/rfc822-headers' },
  ] as const;
  for (const { action, ret, octets, type } of rows) {
    const returned = planReturn(action, ret, octets);
    assert.equal(returned.type, type, `${action} ${ret ?? ''}`);
    const header = 'From: <alice@example.fr>\r\nSubject: Réunion\r\n';
    if (type === 'text/rfc822-headers') assert.equal(Buffer.from(returned.octets).toString(), header);
    else assert.equal(returned.octets, octets);
  }
});

test('what others wrote cannot begin a line of its own', () => {
  const [recipient] = report.recipients;
  assert.ok(recipient);
  const hostile = {
    ...recipient,
    diagnostic: 'smtp; 550 x\r\nAction: delivered',
    remoteMta: 'mx\r\n\r\n--=_pli-seed--',
    finalRecipient: 'a\nb@c.fr',
  };
  const text = print({ recipients: [hostile], original: { ...report.original, subject: 'x\r\nBcc: y@z.fr' } }).toString(
    'latin1',
  );
  assert.doesNotMatch(text, /\nAction: delivered|\nBcc:|\nb@c\.fr|[^-]\n--=_pli-seed--\r\n.*Action/s);
});

test('an address beyond ASCII is reported in UTF-8', () => {
  const [recipient] = report.recipients;
  assert.ok(recipient);
  const text = print({ recipients: [{ ...recipient, finalRecipient: 'hélène@académie.fr' }] }).toString('utf8');
  assert.match(text, /Content-Type: message\/global-delivery-status/);
  assert.match(text, /\r\nFinal-Recipient: utf-8; hélène@académie\.fr\r\n/);
});

test('a status says what a person can act on', () => {
  const rows = {
    '5.1.1': 'noSuchMailbox',
    '5.1.2': 'noSuchDomain',
    '5.1.10': 'takesNoMail',
    '5.2.2': 'mailboxFull',
    '5.3.4': 'tooLarge',
    '5.7.1': 'refused',
    '4.4.1': 'unreachable',
    '5.4.6': 'loop',
    '5.6.0': 'badContent',
    '5.0.0': 'other',
    nonsense: 'other',
  };
  for (const [status, cause] of Object.entries(rows)) assert.equal(causeOf(status), cause, status);
});
