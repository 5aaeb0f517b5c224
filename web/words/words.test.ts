import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue } from './catalogue.ts';
import { dayFromKey, dayKey, shortDate, sizeText } from './dates.ts';
import { languageFor, speak } from './language.ts';

const t = catalogue(
  {
    count: { one: '{count} message', many: '{count} de messages', other: '{count} messages' },
    hello: 'Bonjour {name}',
  },
  { count: { one: '{count} message', other: '{count} messages' }, hello: 'Hello {name}' },
);

test('French counts nought and one as one, and whole millions with de', () => {
  speak('fr');
  assert.equal(t('count', { count: 0 }), '0 message');
  assert.equal(t('count', { count: 1 }), '1 message');
  assert.equal(t('count', { count: 2 }), '2 messages');
  assert.equal(t('count', { count: 1_000_000 }), '1 000 000 de messages'.replaceAll(/(?<=\d) (?=\d)/g, '\u202f'));
});

test('English counts nought as many', () => {
  speak('en');
  assert.equal(t('count', { count: 0 }), '0 messages');
  assert.equal(t('hello', { name: 'Zoé' }), 'Hello Zoé');
  speak('fr');
});

test('the choice wins over the browser, the browser over the default', () => {
  assert.equal(languageFor('en', ['fr-FR']), 'en');
  assert.equal(languageFor('browser', ['de-DE', 'en-US', 'fr']), 'en');
  assert.equal(languageFor('browser', ['de']), 'fr');
});

test('a date in a list is as short as it can be', () => {
  const now = new Date(2026, 10, 22, 18, 0);
  assert.equal(shortDate(new Date(2026, 10, 22, 9, 5).toISOString(), now), '09:05');
  assert.equal(shortDate(new Date(2026, 1, 3).toISOString(), now), '3 févr.');
  assert.equal(shortDate(new Date(2024, 1, 3).toISOString(), now), '03/02/2024');
});

test('a day key is read back as the same day, and refused when it does not exist', () => {
  const day = new Date(2026, 1, 28);
  assert.equal(dayFromKey(dayKey(day))?.getTime(), day.getTime());
  assert.equal(dayFromKey('2026-02-30'), undefined);
});

test('sizes are said in octets', () => {
  assert.equal(sizeText(999), '999\u00a0octets');
  assert.equal(sizeText(1_500_000), '1,5\u00a0Mo');
});
