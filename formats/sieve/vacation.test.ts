import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LETTER, play, told, type Played } from './lab.testing.ts';
import { readMailto } from './mailto.ts';

function withField(field: string): Played {
  return { message: `${field}\n${LETTER}` };
}

function from(address: string): Played {
  return { input: { envelope: { from: address, to: 'claire@example.fr', auth: null } } };
}

const manners: readonly {
  readonly played: Played;
  readonly is: string | null;
  readonly script?: string;
  readonly because: string;
}[] = [
  { played: {}, is: null, because: 'a letter from a person to the owner is answered' },
  { played: from(''), is: 'nullSender', because: 'a bounce is not' },
  { played: from('MAILER-DAEMON@example.org'), is: 'systemSender', because: 'nor a program' },
  { played: from('no-reply@example.org'), is: 'systemSender', because: 'nor who says that nobody reads' },
  { played: from('Ne-Pas-Repondre@example.org'), is: 'systemSender', because: 'nor in French' },
  { played: from('liste-request@example.org'), is: 'systemSender', because: 'nor a list server' },
  { played: from('owner-liste@example.org'), is: 'systemSender', because: 'nor its owner' },
  { played: from('bounces+x=y@example.org'), is: 'systemSender', because: 'nor VERP' },
  { played: from('norbert@example.org'), is: null, because: 'but Norbert is' },
  { played: from('Secretariat@example.fr'), is: 'ownSender', because: 'nobody answers himself' },
  { played: withField('List-Id: <x>'), is: 'mailingList', because: 'a list is not answered' },
  { played: withField('List-Unsubscribe: <mailto:x@y.fr>'), is: 'mailingList', because: 'by any of its fields' },
  { played: withField('Precedence: Bulk'), is: 'bulk', because: 'bulk mail is not' },
  { played: withField('Precedence: first-class'), is: null, because: 'another precedence is' },
  {
    played: withField('Auto-Submitted: auto-replied (vacation)'),
    is: 'autoSubmitted',
    because: 'an answer is not answered (RFC 3834)',
  },
  { played: withField('Auto-Submitted: no'), is: null, because: 'what a person sent is' },
  { played: withField('Auto-Submitted: No; x=y'), is: null, because: 'parameters change nothing' },
  { played: withField('Auto-Submitted: north'), is: 'autoSubmitted', because: 'no is a word' },
  {
    played: withField('X-Auto-Response-Suppress: DR, OOF, AutoReply'),
    is: 'suppressed',
    because: 'Exchange asks not to',
  },
  { played: withField('X-Spam-Flag: YES'), is: 'spam', because: 'spam is not answered' },
  { played: { input: { spamPercent: 80 } }, is: 'spam', because: 'by its score either' },
  {
    played: { message: LETTER.replace('claire@example.fr', 'autre@example.fr') },
    is: 'notAddressed',
    because: 'nor what came by Bcc',
  },
  {
    played: { message: LETTER.replace('claire@example.fr', 'claire+x@example.fr') },
    is: null,
    because: 'a detail is the same person',
  },
  { played: { message: LETTER.replace('claire@', 'Secretariat@') }, is: null, because: 'another own address' },
  {
    played: { message: LETTER.replace('claire@example.fr', 'vieille@example.net') },
    script: 'vacation :addresses "vieille@example.net" "x";',
    is: null,
    because: 'one the script names',
  },
];

for (const { played, is, script = 'vacation "x";', because } of manners) {
  test(`vacation: ${because}`, () => {
    const { actions, withheld } = play(`{vacation} ${script}`, played);
    assert.equal(withheld[0]?.why ?? null, is);
    assert.equal(actions.filter(({ kind }) => kind === 'vacation').length, is === null ? 1 : 0);
    assert.equal(actions.at(-1)?.kind, 'keep');
  });
}

test('an answer goes to the envelope sender, from the address that was written to', () => {
  const { actions } = play('{vacation} vacation :days 3 :subject "Absente" "Je reviens.";', {
    message: LETTER.replace('claire@', 'secretariat@').replace('\n\n', '\nReferences: <0@example.org>\n\n'),
  });
  assert.deepEqual(actions[0], {
    kind: 'vacation',
    line: 2,
    to: 'jean+liste@example.org',
    handle: '#9776ff183c74a1e3',
    from: 'secretariat@example.fr',
    subject: 'Absente',
    originalSubject: 'Réunion du conseil',
    reason: 'Je reviens.',
    isMime: false,
    seconds: 259_200,
    inReplyTo: '<1@example.org>',
    references: '<0@example.org> <1@example.org>',
    fcc: null,
  });
});

test('the period is bounded, and the handle follows the answer', () => {
  const seconds = (tags: string): string =>
    told(`{vacation vacation-seconds} vacation ${tags} "x";`).split('; ')[0] ?? '';
  assert.match(seconds(''), / 604800$/);
  assert.match(seconds(':days 0'), / 86400$/);
  assert.match(seconds(':seconds 0'), / 0$/);
  assert.match(seconds(':days 9999999'), / 31536000$/);
  const handle = (script: string): string => {
    const [action] = play(`{vacation} ${script}`).actions;
    return action?.kind === 'vacation' ? action.handle : '';
  };
  assert.equal(handle('vacation :days 3 "x";'), handle('vacation :days 9 "x";'));
  assert.notEqual(handle('vacation "x";'), handle('vacation "y";'));
  assert.equal(handle('vacation :handle "h" "x";'), 'h');
});

test('two vacations are an error, even when the first may not answer', () => {
  assert.equal(told('{vacation} vacation "x"; vacation "y";', withField('List-Id: x')), 'error conflictingActions');
});

test('what is sent can be filed too (RFC 8580)', () => {
  const [action] = play(
    '{vacation fcc mailbox imap4flags} vacation :fcc "Sent" :create :flags "\\\\Seen" "x";',
  ).actions;
  assert.deepEqual(action?.kind === 'vacation' && action.fcc, {
    mailbox: 'Sent',
    mailboxId: null,
    specialUse: null,
    create: true,
    flags: ['\\Seen'],
  });
});

const uris: readonly { readonly uri: string; readonly is: unknown; readonly because: string }[] = [
  {
    uri: 'mailto:a@b.fr',
    is: { to: ['a@b.fr'], cc: [], subject: null, body: null, fields: [] },
    because: 'an address',
  },
  {
    uri: 'MAILTO:a@b.fr,c%2Bd@e.fr?subject=Un%20%C3%A9t%C3%A9&body=x%0D%0Ay&X-A=b&cc=f@g.fr',
    is: {
      to: ['a@b.fr', 'c+d@e.fr'],
      cc: ['f@g.fr'],
      subject: 'Un été',
      body: 'x\r\ny',
      fields: [{ name: 'x-a', value: 'b' }],
    },
    because: 'fields, percent-encoded (RFC 6068)',
  },
  {
    uri: 'mailto:?to=a@b.fr&from=x@y.fr&Received=z&resent-to=u@v.fr&subject=a%0D%0ABcc:x@y.fr&Bcc=q@r.fr',
    is: { to: ['a@b.fr'], cc: [], subject: 'a Bcc:x@y.fr', body: null, fields: [] },
    because: 'nothing that forges (RFC 5436 §2.3)',
  },
  {
    uri: 'mailto:a@b.fr%2Cc@d.fr?cc=c@d.fr,a@b.fr',
    is: { to: ['a@b.fr', 'c@d.fr'], cc: [], subject: null, body: null, fields: [] },
    because: 'an encoded comma separates, and nobody is told twice',
  },
  { uri: 'mailto:', is: null, because: 'nobody' },
  { uri: 'mailto:x', is: null, because: 'no address' },
  { uri: 'mailto:a@b.fr%0D%0ABcc:c@d.fr', is: null, because: 'a line end in an address' },
  { uri: 'mailto:a%ZZ@b.fr', is: null, because: 'a percent sign that encodes nothing' },
  { uri: `mailto:${'0123456789a'.replace(/./g, '$&@b.fr,')}`, is: null, because: 'too many' },
  { uri: 'http://b.fr', is: null, because: 'another scheme' },
];

for (const { uri, is, because } of uris) {
  test(`mailto: ${because}`, () => assert.deepEqual(readMailto(uri), is));
}
