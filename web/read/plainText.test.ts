import assert from 'node:assert/strict';
import { it } from 'node:test';
import { linkPieces, quoteRuns } from './plainText.ts';

const runsOf = (text: string) => quoteRuns(text).map(({ kind, lines }) => `${kind}: ${lines.join('|')}`);

it('sets quoted lines apart, with the line that announces them', () => {
  assert.deepEqual(runsOf('Bonjour\n\nLe 3 nov. 2026, Marc a écrit :\n> un\n>> deux\nMerci'), [
    'own: Bonjour|',
    'quoted: Le 3 nov. 2026, Marc a écrit :|> un|>> deux',
    'own: Merci',
  ]);
});

it('finds an announcement that is folded on two lines', () => {
  assert.deepEqual(runsOf('Oui\nOn Mon, 2 Nov 2026 at 10:00 Jane Doe <jane@example.org>\nwrote:\n\n> un'), [
    'own: Oui',
    'quoted: On Mon, 2 Nov 2026 at 10:00 Jane Doe <jane@example.org>|wrote:||> un',
  ]);
});

it('takes everything below an original message as quoted', () => {
  assert.deepEqual(runsOf('Vu\n-----Message d’origine-----\nDe : A\nBonjour'), [
    'own: Vu',
    'quoted: -----Message d’origine-----|De : A|Bonjour',
  ]);
});

it('leaves a text without quotes alone', () => {
  assert.deepEqual(runsOf('a > b\nc'), ['own: a > b|c']);
});

it('finds addresses without the punctuation around them', () => {
  const links = (text: string) =>
    linkPieces(text).flatMap((piece) => (piece.kind === 'link' ? [`${piece.text} → ${piece.href}`] : []));
  assert.deepEqual(links('Voir (https://exemple.example/a?b=c), www.exemple.example. Écrire à a.b@exemple.example !'), [
    'https://exemple.example/a?b=c → https://exemple.example/a?b=c',
    'www.exemple.example → https://www.exemple.example',
    'a.b@exemple.example → mailto:a.b@exemple.example',
  ]);
  assert.deepEqual(links('https://fr.exemple.example/wiki/Pli_(lettre)'), [
    'https://fr.exemple.example/wiki/Pli_(lettre) → https://fr.exemple.example/wiki/Pli_(lettre)',
  ]);
  assert.deepEqual(links('javascript:alert(1) data:text/html,x'), []);
});

it('gives back the whole text', () => {
  const text = 'a https://x.example/ b\nc@d.example';
  assert.equal(
    linkPieces(text)
      .map((piece) => piece.text)
      .join(''),
    text,
  );
});
