import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workedMs } from '#tools/testing/worked.ts';

import { addKeys, emptyKeys } from './keys.ts';
import { linkReferences } from './references.ts';
import { orderedSubject, type Thread } from './thread.ts';
import { ranksOf } from './sort.ts';

interface Mail {
  readonly id?: string;
  readonly references?: string;
  readonly inReplyTo?: string;
  readonly subject?: string;
  /** When it was sent; its number otherwise. */
  readonly at?: number;
}

const words = (text: string | undefined): readonly string[] | null => text?.split(' ') ?? null;

function threadable(mails: readonly Mail[]) {
  const keys = emptyKeys();
  const rows = mails.map((mail, index) => ({
    uid: index + 10,
    envelope: JSON.stringify({
      messageId: words(mail.id),
      references: words(mail.references),
      inReplyTo: words(mail.inReplyTo),
      subject: mail.subject ?? null,
    }),
  }));
  addKeys(keys, rows);
  return {
    keys,
    rows: Int32Array.from(mails.keys()),
    sentAt: Float64Array.from(mails, (mail, index) => mail.at ?? index + 1),
    places: Uint32Array.from(mails.keys()),
  };
}

/** `1(2(3))`, numbers from 1; `?` is a message that is missing. */
function print(threads: readonly Thread[]): string {
  return threads
    .map(
      ({ place, children }) =>
        `${place === null ? '?' : place + 1}${children.length > 0 ? `(${print(children)})` : ''}`,
    )
    .join(' ');
}

const cases: readonly { readonly mails: readonly Mail[]; readonly threads: string; readonly because: string }[] = [
  { mails: [], threads: '', because: 'nothing' },
  {
    mails: [{ id: 'a' }, { id: 'b', references: 'a' }, { id: 'c', references: 'a b' }, { id: 'd', references: 'a' }],
    threads: '1(2(3) 4)',
    because: 'references',
  },
  {
    mails: [{ id: 'a' }, { id: 'b', inReplyTo: 'a x' }, { id: 'c', inReplyTo: 'b', references: 'a' }],
    threads: '1(2 3)',
    because: 'In-Reply-To only without References, its first id only',
  },
  {
    mails: [
      { id: 'b', references: 'x' },
      { id: 'c', references: 'x' },
    ],
    threads: '?(1 2)',
    because: 'a missing parent of two',
  },
  { mails: [{ id: 'b', references: 'x y' }], threads: '1', because: 'missing parents of one' },
  {
    mails: [{ id: 'a' }, { id: 'b', references: 'a x' }, { id: 'c', references: 'a x' }],
    threads: '1(2 3)',
    because: 'a missing message within a thread gives its answers to its parent',
  },
  {
    mails: [
      { id: 'a', references: 'b' },
      { id: 'b', references: 'a' },
    ],
    threads: '2(1)',
    because: 'a loop is not closed',
  },
  { mails: [{ id: 'a', references: 'a' }], threads: '1', because: 'an email is not its own parent' },
  {
    mails: [{ id: 'a' }, { id: 'a' }, { id: 'b', references: 'a' }],
    threads: '1(3) 2',
    because: 'of one id twice the first counts',
  },
  {
    mails: [{ id: 'c', references: 'a b' }, { id: 'b', references: 'x' }, { id: 'x' }, { id: 'a' }],
    threads: '3(2(1)) 4',
    because: 'what an email says of its own parent counts more than what others said',
  },
  {
    mails: [{ id: 'c', references: 'a b' }, { id: 'b' }, { id: 'a' }],
    threads: '2(1) 3',
    because: 'nor does one that names none have a parent by what others said',
  },
  {
    mails: [{ id: 'a' }, { id: 'b', references: 'a b' }],
    threads: '1 2',
    because: 'nor one that names itself',
  },
  {
    mails: [
      { id: 'a', at: 9 },
      { id: 'b', references: 'a', at: 8 },
      { id: 'c', references: 'a', at: 7 },
      { id: 'd', at: 1 },
    ],
    threads: '4 1(3 2)',
    because: 'threads and answers stand by date',
  },
  {
    mails: [
      { id: 'm', at: 20 },
      { id: 'b', references: 'x', at: 30 },
      { id: 'c', references: 'x', at: 10 },
    ],
    threads: '?(3 2) 1',
    because: 'a missing parent stands where its first answer stands',
  },
  {
    mails: [
      { id: 'a', subject: 'Conseil' },
      { id: 'b', subject: 'Re: conseil' },
      { id: 'c', subject: 'Autre' },
      { id: 'd', subject: 'CONSEIL' },
      { id: 'e' },
      { id: 'f' },
    ],
    threads: '?(1(2) 4) 3 5 6',
    because: 'one subject is one thread; none is none',
  },
  {
    mails: [
      { id: 'a', subject: 'Re: Conseil' },
      { id: 'b', subject: 'Conseil' },
      { id: 'c', subject: 'Fwd: Conseil' },
    ],
    threads: '2(1 3)',
    because: 'what is no answer is the parent, whenever it came',
  },
  {
    mails: [
      { id: 'a', subject: 'Re: Conseil' },
      { id: 'b', subject: 'Re: Conseil' },
    ],
    threads: '?(1 2)',
    because: 'two answers to what is missing',
  },
  {
    mails: [
      { id: 'a', references: 'x', subject: 'S' },
      { id: 'b', references: 'x', subject: 'S' },
      { id: 'c', references: 'y', subject: 'S' },
      { id: 'd', references: 'y', subject: 'S' },
      { id: 'e', subject: 'S' },
    ],
    threads: '?(1 2 3 4 5)',
    because: 'missing parents of one subject are one',
  },
];

test('threads are built as RFC 5256 says', () => {
  for (const { mails, threads, because } of cases)
    assert.equal(print(linkReferences(threadable(mails))), threads, because);
});

test('only what was found is threaded', () => {
  const all = threadable([{ id: 'a' }, { id: 'b', references: 'a' }, { id: 'c', references: 'a' }]);
  assert.equal(print(linkReferences({ ...all, places: Uint32Array.of(1, 2) })), '?(2 3)');
  assert.equal(print(linkReferences({ ...all, places: Uint32Array.of(2) })), '3');
});

test('by subject the first email is the parent of all others', () => {
  const { keys, rows, sentAt, places } = threadable([
    { subject: 'Zoo', at: 5 },
    { subject: 're: zoo', at: 1 },
    { subject: 'Conseil', at: 3 },
    { subject: 'Zoo (fwd)', at: 9 },
  ]);
  const ranks = ranksOf(keys);
  const subjectOf = (place: number): number => ranks[keys.text.subject[rows[place] ?? 0] ?? 0] ?? 0;
  assert.equal(print(orderedSubject(places, subjectOf, sentAt)), '2(1 4) 3');
});

test('a thread as deep as the mailbox and answers without end are threaded in time', () => {
  const many = 20_000;
  const chain = Array.from({ length: many }, (_, at) => ({ id: `m${at}`, references: `m${at - 1}` }));
  const start = workedMs();
  let depth = 0;
  for (let at = linkReferences(threadable(chain)); at.length > 0; at = at[0]?.children ?? []) depth += 1;
  assert.equal(depth, many);
  assert.equal(linkReferences(threadable(chain.toReversed())).length, 1);
  const star = Array.from({ length: many }, (_, at) => ({ id: `m${at}`, references: `x y${at % 50} m0` }));
  linkReferences(threadable(star));
  assert.ok(workedMs() - start < 4_000);
});
