import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { workedMs } from '#tools/testing/worked.ts';

import { highlightAll, highlightBest, MAX_PREVIEW_OCTETS } from './highlight.ts';
import { readQueryText } from './query.ts';

const all = (text: string, query: string) => highlightAll(text, readQueryText(query));
const best = (text: string, query: string) => highlightBest(text, readQueryText(query));

test('marks meet the words of the query by stem and accent', () => {
  assert.equal(all('Réunions annulées', 'annuler reunion'), '<mark>Réunions</mark> <mark>annulées</mark>');
  assert.equal(all("L'été à Lyon", 'été'), 'L&#39;<mark>été</mark> à Lyon');
  assert.equal(all('Un cœur', 'COEUR'), 'Un <mark>cœur</mark>');
});

test('phrases are marked whole, and only where their words follow each other', () => {
  assert.equal(
    all('école du conseil, conseil d’école', '"conseil d’école"'),
    'école du conseil, <mark>conseil d’école</mark>',
  );
});

test('beginnings mark the whole word', () => {
  assert.equal(all('Convocation au jury', 'convo*'), '<mark>Convocation</mark> au jury');
});

test('addresses and compounds are marked as written', () => {
  assert.equal(all('à jean.dupont@ac-lyon.fr', 'ac-lyon.fr'), 'à jean.dupont@<mark>ac-lyon.fr</mark>');
  assert.equal(all('un rendez-vous', 'rendezvous'), 'un <mark>rendez-vous</mark>');
  assert.equal(all('un rendezvous', 'rendez-vous'), 'un <mark>rendezvous</mark>');
});

test('what is not searched for is escaped', () => {
  assert.equal(
    all('<script>alert("élève")</script>', 'eleves'),
    '&lt;script&gt;alert(&quot;<mark>élève</mark>&quot;)&lt;/script&gt;',
  );
  assert.equal(all('rien', 'tout'), null);
});

test('a preview shows the place where most of the query stands', () => {
  const text = `${'Un réunion de rien. '.repeat(40)}La réunion du conseil est annulée. ${'Fin du texte. '.repeat(40)}`;
  const preview = best(text, 'réunion conseil annulée') ?? '';
  assert.match(preview, /La <mark>réunion<\/mark> du <mark>conseil<\/mark> est <mark>annulée<\/mark>/);
  assert.ok(preview.startsWith('…') && preview.endsWith('…'));
});

test('a preview is never larger than RFC 8621 §5 allows, and its marks are balanced', () => {
  const word = fc.constantFrom('réunion', '<b>', '&', 'élève', '日本', 'a', 'x'.repeat(300), '"', 'conseil d’école');
  fc.assert(
    fc.property(fc.array(word, { maxLength: 200 }), (words) => {
      const preview = best(words.join(' '), 'reunions eleve "conseil d’école" 日本 x*');
      if (preview === null) return;
      assert.ok(new TextEncoder().encode(preview).length <= MAX_PREVIEW_OCTETS);
      assert.equal(preview.split('<mark>').length, preview.split('</mark>').length);
      assert.doesNotMatch(preview.replaceAll(/<\/?mark>/g, ''), /[<>"]/);
    }),
  );
});

test('a megabyte is highlighted in bounded time', () => {
  const startedAt = workedMs();
  best('élève réunion '.repeat(80_000), 'eleve reunion annul*');
  best('x'.repeat(1_000_000), 'x*');
  assert.ok(workedMs() - startedAt < 3_000);
});
