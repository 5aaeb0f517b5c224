import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EmailAddress, Identity } from '#web/sync/records.ts';
import { planIdentity, planRecipients, planReferences, planSubject } from './reply.ts';
import type { Answered, ReplyKind } from './reply.ts';

const people = (list: string): readonly EmailAddress[] =>
  list === '' ? [] : list.split(' ').map((email) => ({ name: null, email }));
const own = new Set(['moi@x.fr', 'ecole@x.fr']);

interface Mail {
  readonly from?: string;
  readonly replyTo?: string;
  readonly to?: string;
  readonly cc?: string;
  readonly listPost?: string;
  readonly deliveredTo?: string;
}
function answered({
  from = 'a@x.fr',
  replyTo = '',
  to = 'moi@x.fr',
  cc = '',
  listPost = '',
  deliveredTo = '',
}: Mail): Answered {
  return {
    from: people(from),
    replyTo: people(replyTo),
    to: people(to),
    cc: people(cc),
    bcc: [],
    subject: '',
    messageId: ['m@x'],
    inReplyTo: [],
    references: [],
    listPost: listPost === '' ? [] : [listPost],
    deliveredTo: deliveredTo === '' ? [] : [deliveredTo],
  };
}

const rows: readonly {
  readonly mail: Mail;
  readonly kind: ReplyKind;
  readonly to: string;
  readonly cc: string;
  readonly because: string;
}[] = [
  { mail: {}, kind: 'reply', to: 'a@x.fr', cc: '', because: 'to the author' },
  { mail: { replyTo: 'b@x.fr' }, kind: 'reply', to: 'b@x.fr', cc: '', because: 'where answers are wanted' },
  {
    mail: { to: 'moi@x.fr c@x.fr', cc: 'd@x.fr' },
    kind: 'replyAll',
    to: 'a@x.fr',
    cc: 'c@x.fr d@x.fr',
    because: 'not to myself',
  },
  { mail: { to: 'ECOLE@x.fr c@x.fr' }, kind: 'replyAll', to: 'a@x.fr', cc: 'c@x.fr', because: 'in whatever case' },
  { mail: { cc: 'a@x.fr A@X.fr d@x.fr' }, kind: 'replyAll', to: 'a@x.fr', cc: 'd@x.fr', because: 'each once' },
  {
    mail: { from: 'moi@x.fr', to: 'b@x.fr', cc: 'c@x.fr' },
    kind: 'reply',
    to: 'b@x.fr',
    cc: 'c@x.fr',
    because: 'my own message goes on',
  },
  {
    mail: { from: 'moi@x.fr', to: 'b@x.fr', cc: 'c@x.fr' },
    kind: 'replyAll',
    to: 'b@x.fr',
    cc: 'c@x.fr',
    because: 'the same for all',
  },
  { mail: { from: 'moi@x.fr', to: 'moi@x.fr' }, kind: 'replyAll', to: 'moi@x.fr', cc: '', because: 'a note to myself' },
  {
    mail: { replyTo: 'liste@x.fr', to: 'liste@x.fr' },
    kind: 'replyAll',
    to: 'liste@x.fr',
    cc: 'a@x.fr',
    because: 'a list hides the author',
  },
  {
    mail: { to: 'liste@x.fr', listPost: 'liste@x.fr' },
    kind: 'replyList',
    to: 'liste@x.fr',
    cc: '',
    because: 'to the list alone',
  },
  { mail: {}, kind: 'replyList', to: 'a@x.fr', cc: '', because: 'without a list, to the author' },
];
for (const { mail, kind, to, cc, because } of rows) {
  test(`${kind}: ${because}`, () => {
    const planned = planRecipients(answered(mail), kind, own);
    const list = (addresses: readonly EmailAddress[]) => addresses.map(({ email }) => email).join(' ');
    assert.deepEqual([list(planned.to), list(planned.cc)], [to, cc]);
  });
}

const subjects: readonly (readonly [string, 'reply' | 'forward', string])[] = [
  ['Réunion', 'reply', 'Re: Réunion'],
  ['RE : TR: Réunion', 'reply', 'Re: Réunion'],
  ['Re: Réunion', 'forward', 'Fwd: Réunion'],
  ['[profs] Re: Réunion', 'reply', 'Re: [profs] Réunion'],
  ['Re: [profs] Réunion', 'reply', 'Re: Réunion'],
  ['', 'reply', 'Re: '],
];
for (const [subject, kind, planned] of subjects)
  test(`subject of a ${kind} to "${subject}"`, () => assert.equal(planSubject(subject, kind), planned));

test('references go on, and a long chain keeps its root and its newest', () => {
  const before = { ...answered({}), references: ['a@x', 'b@x'] };
  assert.deepEqual(planReferences(before), { inReplyTo: ['m@x'], references: ['a@x', 'b@x', 'm@x'] });
  assert.deepEqual(planReferences({ ...before, references: [], inReplyTo: ['p@x'] }).references, ['p@x', 'm@x']);
  const long = planReferences({ ...before, references: Array.from({ length: 90 }, (_, n) => `${n}@x`) }).references;
  assert.deepEqual([long.length, long[0], long.at(-1)], [30, '0@x', 'm@x']);
});

test('one answers under the address that was written to', () => {
  const identity = (id: string, email: string): Identity => ({
    id,
    email,
    name: '',
    replyTo: [],
    textSignature: '',
    htmlSignature: '',
  });
  const both = [identity('1', 'moi@x.fr'), identity('2', 'ecole@x.fr')];
  assert.equal(planIdentity(both, answered({ to: 'z@x.fr', cc: 'Ecole@x.fr' }))?.id, '2');
  assert.equal(planIdentity(both, answered({ to: 'liste@x.fr', deliveredTo: 'ecole@x.fr' }))?.id, '2');
  assert.equal(planIdentity(both, answered({ from: 'ecole@x.fr', to: 'z@x.fr' }))?.id, '2');
  assert.equal(planIdentity(both, answered({ to: 'z@x.fr' }))?.id, '1');
});
