import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { workedMs } from '#tools/testing/worked.ts';

import { fold, MAX_WORD } from './fold.ts';
import { formsOf } from './forms.ts';
import { readQueryText } from './query.ts';
import { eachWord } from './words.ts';

interface Split {
  readonly words: readonly string[];
  readonly compounds: readonly string[];
  readonly stems: readonly (readonly string[])[];
}

function split(text: string, isQuery = false): Split {
  const words: string[] = [];
  const compounds: string[] = [];
  const stems: (readonly string[])[] = [];
  eachWord(
    text,
    {
      word(forms) {
        words.push(forms.exact);
        stems.push(forms.stems);
      },
      compound: (forms) => void compounds.push(forms.exact),
    },
    { maxWords: 100_000, isQuery },
  );
  return { words, compounds, stems };
}

describe('splitting French text', () => {
  const table = [
    { text: 'L’été à l’école', words: ['ete', 'a', 'ecole'], because: 'elided articles fall away' },
    { text: "d'accord, qu'il vienne", words: ['accord', 'il', 'vienne'] },
    { text: "jusqu'au lorsqu’elle", words: ['au', 'elle'] },
    { text: "aujourd'hui", words: ['aujourd', 'hui'], compounds: ['aujourdhui'] },
    { text: 'AUJOURD’HUI', words: ['aujourd', 'hui'], compounds: ['aujourdhui'] },
    { text: 'un cœur, deux coeurs', words: ['un', 'coeur', 'deux', 'coeurs'] },
    { text: 'Lætitia Straße', words: ['laetitia', 'strasse'] },
    { text: 'ÉLÈVES DE CM2 À NOËL', words: ['eleves', 'de', 'cm2', 'a', 'noel'], because: 'accents on capitals' },
    { text: 'rendez-vous', words: ['rendez', 'vous'], compounds: ['rendezvous'] },
    { text: 'rendez\u2011vous', words: ['rendez', 'vous'], compounds: ['rendezvous'], because: 'non-breaking hyphen' },
    { text: 'soft\u00adhyphen', words: ['softhyphen'] },
    { text: 'UAI 0690123X et NUMEN 13E9912345ABC', words: ['uai', '0690123x', 'et', 'numen', '13e9912345abc'] },
    {
      text: 'Jean.Dupont@ac-lyon.fr',
      words: ['jean', 'dupont', 'ac', 'lyon', 'fr'],
      compounds: ['jean.dupont@ac-lyon.fr', 'jean.dupont', 'ac-lyon.fr', 'aclyon'],
    },
    {
      text: 'https://www.ac-lyon.fr/a',
      words: ['https', 'www', 'ac', 'lyon', 'fr', 'a'],
      compounds: ['www.ac-lyon.fr', 'ac-lyon.fr', 'aclyon'],
    },
    { text: 'convocation_2026.pdf', words: ['convocation', '2026', 'pdf'], compounds: ['convocation_2026.pdf'] },
    { text: 'le 12/05/2026 à 14h30', words: ['le', '12', '05', '2026', 'a', '14h30'] },
    { text: '2026-05-12', words: ['2026', '05', '12'], compounds: ['20260512'] },
    { text: '日本語', words: ['日本', '本語', '語'] },
    { text: 'voilà... « fini » !', words: ['voila', 'fini'] },
    { text: 'שלום עולם', words: ['שלום', 'עולם'], because: 'right to left' },
    { text: 'مُحَمَّد', words: ['محمد'], because: 'vowel signs are marks' },
    { text: 'e\u0301te\u0301', words: ['ete'], because: 'decomposed accents' },
    { text: '\0a\0b', words: ['a', 'b'], because: 'NUL is no letter' },
    { text: '', words: [] },
    { text: '*** --- @', words: [] },
    { text: '\ud800 a\udc00b', words: ['a', 'b'], because: 'lone surrogates are no letters' },
    { text: '½ ﷺ', words: ['12', 'صلىاللهعليهوسلم'], because: 'what folds into several words stays one' },
  ];
  for (const { text, words, compounds, because } of table) {
    test(`${JSON.stringify(text)} ${because ?? ''}`, () => {
      const found = split(text);
      assert.deepEqual(found.words, words);
      if (compounds) assert.deepEqual([...found.compounds].sort(), [...compounds].sort());
    });
  }

  test('a pair in a query is one pair', () => {
    assert.deepEqual(split('日本語', true).words, ['日本', '本語']);
    assert.deepEqual(split('語', true).words, ['語']);
  });
});

describe('stems', () => {
  const together = [
    ['annulées', 'annuler'],
    ['annulees', 'annulées'],
    ['ANNULÉE', 'annuler'],
    ['élève', 'eleves'],
    ['cœurs', 'coeur'],
    ['réunions', 'reunion'],
    ['journal', 'journaux'],
    ['mathématiques', 'mathematique'],
  ];
  for (const [one = '', other = ''] of together) {
    test(`${one} and ${other} meet`, () => {
      const stems = formsOf(one)?.stems ?? [];
      assert.ok((formsOf(other)?.stems ?? []).some((stem) => stems.includes(stem)));
    });
  }
  test('codes have no plural', () => {
    assert.deepEqual(formsOf('0690123S')?.stems, ['0690123s']);
  });
  test('classe and classement do not become one word with clé', () => {
    const stems = formsOf('clé')?.stems ?? [];
    assert.ok(!(formsOf('classe')?.stems ?? []).some((stem) => stems.includes(stem)));
  });
});

describe('hostile text', () => {
  test('one word of a million letters is one bounded word', () => {
    const { words } = split('é'.repeat(1_000_000));
    assert.deepEqual(words, ['e'.repeat(MAX_WORD)]);
  });
  test('a million combining marks on one letter are one word', () => {
    assert.deepEqual(split(`a${'\u0301'.repeat(1_000_000)} b`).words, ['a', 'b']);
  });
  test('a million joined parts are linear', () => {
    const startedAt = workedMs();
    assert.equal(split('a.'.repeat(500_000)).words.length, 100_000);
    assert.ok(workedMs() - startedAt < 4_000);
  });
  test('whatever the text, words are folded, bounded and in order', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        let last = 0;
        const check = (exact: string, start: number, end: number) => {
          assert.ok(exact.length > 0 && exact.length <= MAX_WORD);
          assert.ok(exact.isWellFormed());
          assert.doesNotMatch(exact, /[\s\0:'"]/u);
          assert.ok(start < end && end <= text.length);
        };
        eachWord(
          text,
          {
            word(forms, start, end) {
              assert.ok(start >= last);
              last = start;
              for (const form of [forms.exact, ...forms.stems]) check(form, start, end);
            },
            compound: (forms, start, end) => check(forms.exact, start, end),
          },
          { maxWords: 1_000 },
        );
      }),
      { numRuns: 2_000 },
    );
  });
  test('folding twice is folding once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (word) => {
        assert.equal(fold(fold(word)), fold(word));
      }),
    );
  });
});

describe('reading a query', () => {
  test('words, phrases and beginnings', () => {
    const terms = readQueryText('réunion "conseil d’école" «bulletins» annul* rendez-vous ***');
    assert.deepEqual(
      terms.map((term) => term.kind),
      ['word', 'phrase', 'phrase', 'prefix', 'compound'],
    );
    assert.deepEqual(terms[1], { kind: 'phrase', parts: ['conseil', 'ecole'] });
  });
  test('an unfinished quote is a phrase to its end', () => {
    assert.deepEqual(readQueryText('"conseil de'), [{ kind: 'phrase', parts: ['conseil', 'de'] }]);
  });
  test('an address is one compound', () => {
    const [term] = readQueryText('jean.dupont@ac-lyon.fr');
    assert.ok(term?.kind === 'compound');
    assert.deepEqual(
      term.wholes.map((whole) => whole.exact),
      ['jean.dupont@ac-lyon.fr'],
    );
  });
});
