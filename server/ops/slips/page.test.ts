/** What a page of slips says, and that nothing typed by somebody becomes part of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { printSlips } from './page.ts';

const page = {
  institution: 'Académie de Valmont',
  url: 'https://mail.valmont.example',
  timeZone: 'Europe/Paris',
} as const;
const person = { givenName: 'Émile', familyName: 'Zola', userName: 'ezola', email: 'emile.zola@valmont.example' };
const until = Date.UTC(2026, 8, 30, 10);

test('a slip says who, where and by which key, in French and in English', () => {
  const slips = [{ ...person, key: { kind: 'provisional' as const, password: 'ravo-dimu-kesa-47', until } }];
  const unit = { code: '0590121l', name: 'Collège Jean Moulin' };
  const french = printSlips({ unit, contact: undefined, slips }, { ...page, language: 'fr' });
  for (const said of [
    'Collège Jean Moulin (0590121L)',
    'ezola',
    'ravo-dimu-kesa-47',
    '30 septembre 2026',
    page.url,
    'lang="fr"',
    '1 fiche,',
  ])
    assert.ok(french.includes(said), said);
  const english = printSlips({ unit: undefined, contact: undefined, slips }, { ...page, language: 'en' });
  for (const said of ['No unit', '30 September 2026', 'lang="en"', '1 slip,']) assert.ok(english.includes(said), said);
});

test('names are text, whatever is in them', () => {
  const hostile = '</h2><script>alert(1)</script>&"';
  const slips = [{ ...person, givenName: hostile, key: { kind: 'directory' as const, name: hostile } }];
  const contact = { name: hostile, phone: hostile, email: '', hours: '', web: '' };
  const text = printSlips({ unit: { code: 'x', name: hostile }, contact, slips }, { ...page, language: 'fr' });
  assert.ok(!/<script|<\/h2><script/.test(text));
  assert.ok(text.includes('&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;'));
});
