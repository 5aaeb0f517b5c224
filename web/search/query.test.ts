import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDay, readTerms, searchFilter } from './query.ts';

const mailboxes = [
  { id: 'm1', name: 'Boîte de réception', role: 'inbox' },
  { id: 'm2', name: 'Conseils de classe', role: null },
  { id: 'm3', name: 'Corbeille', role: 'trash' },
  { id: 'm4', name: 'Indésirables', role: 'junk' },
];
const notHidden = { inMailboxOtherThan: ['m3', 'm4'] };
const and = (...conditions: object[]) => ({ operator: 'AND', conditions: [...conditions, notHidden] });
const local = (year: number, month: number, day: number) =>
  new Date(year, month - 1, day).toISOString().replace('.000Z', 'Z');

const rows: readonly { text: string; filter: unknown; because: string }[] = [
  { text: '', filter: null, because: 'nothing asked' },
  { text: '   ', filter: null, because: 'spaces ask for nothing' },
  { text: 'sortie', filter: and({ text: 'sortie' }), because: 'a word is searched everywhere' },
  { text: 'sortie scolaire', filter: and({ text: 'sortie' }, { text: 'scolaire' }), because: 'words in any order' },
  { text: '"sortie scolaire"', filter: and({ text: '"sortie scolaire"' }), because: 'a phrase stays whole' },
  { text: '"sortie', filter: and({ text: '"sortie"' }), because: 'an unclosed quote runs to the end' },
  { text: 'from:marie to:paul', filter: and({ from: 'marie' }, { to: 'paul' }), because: 'addresses' },
  { text: 'de:marie à:paul', filter: and({ from: 'marie' }, { to: 'paul' }), because: 'the French names' },
  { text: 'objet:"conseil de classe"', filter: and({ subject: '"conseil de classe"' }), because: 'a quoted value' },
  { text: 'has:attachment', filter: and({ hasAttachment: true }), because: 'attachments' },
  { text: 'avec:pj', filter: and({ hasAttachment: true }), because: 'pièces jointes' },
  { text: 'is:unread', filter: and({ notKeyword: '$seen' }), because: 'unread is the absence of $seen' },
  { text: 'est:suivi', filter: and({ hasKeyword: '$flagged' }), because: 'starred in French' },
  {
    text: 'in:inbox x',
    filter: { operator: 'AND', conditions: [{ inMailbox: 'm1' }, { text: 'x' }] },
    because: 'by role',
  },
  { text: 'in:corbeille', filter: { inMailbox: 'm3' }, because: 'a named mailbox lifts the exclusion of trash' },
  { text: 'dans:conseils-de-classe', filter: { inMailbox: 'm2' }, because: 'a name with hyphens for spaces' },
  { text: 'in:"Conseils de classe"', filter: { inMailbox: 'm2' }, because: 'a name in quotes' },
  {
    text: 'in:reception',
    filter: { operator: 'NOT', conditions: [{ minSize: 0 }] },
    because: 'an unknown mailbox holds nothing',
  },
  { text: 'after:2026-09-01', filter: and({ after: local(2026, 9, 1) }), because: 'a day begins at local midnight' },
  { text: 'avant:01/09/2026', filter: and({ before: local(2026, 9, 1) }), because: 'a French date' },
  { text: 'before:2026-02-30', filter: and({ text: 'before:2026-02-30' }), because: 'no such day: searched as text' },
  {
    text: '-from:marie',
    filter: and({ operator: 'NOT', conditions: [{ from: 'marie' }] }),
    because: 'a minus negates',
  },
  { text: 'larger:5Mo', filter: and({ minSize: 5_000_000 }), because: 'sizes' },
  { text: 'https://ac.example/x', filter: and({ text: 'https://ac.example/x' }), because: 'an address is no operator' },
  { text: 'from:', filter: and({ text: 'from:' }), because: 'an operator without a value is text' },
];

for (const { text, filter, because } of rows) {
  test(`"${text}": ${because}`, () => assert.deepEqual(searchFilter(text, mailboxes), filter));
}

test('terms keep what was negated and quoted', () => {
  assert.deepEqual(readTerms('-subject:"a b"'), [
    { operator: 'subject', value: 'a b', isQuoted: true, isNegated: true },
  ]);
});

test('a year alone is its first of January', () => {
  assert.equal(readDay('2025')?.getTime(), new Date(2025, 0, 1).getTime());
});
