import assert from 'node:assert/strict';
import { test } from 'node:test';
import { promisedAttachment } from './attachmentWords.ts';

const promised = [
  'Veuillez trouver ci-joint le compte rendu.',
  'Le tableau est ci-jointe.',
  'Vous trouverez en pièce jointe la circulaire.',
  'Cf. PJ',
  'Voir p.j. pour le détail',
  'Le formulaire (pj) est à signer.',
  'Je vous joins le planning.',
  'Nous joignons la liste.',
  'Vous trouverez ci-après… le dossier joint.',
  'En annexe, les effectifs.',
  'Les documents joints sont à lire.',
  'Merci de lire le fichier attaché.',
  'Please find attached the minutes.',
  'See the attachment.',
  'The form is enclosed.',
  'CI‑JOINT',
];
for (const text of promised)
  test(`speaks of a file: ${text}`, () => assert.notEqual(promisedAttachment(text), undefined));

const innocent = [
  'Bonjour, merci de votre message.',
  'Je vous rejoins à 14 h.',
  'Le maire adjoint sera présent.',
  'Ma conjointe viendra.',
  'Vous pouvez me joindre au 01 23 45 67 89.',
  'Message sans pièce jointe.',
  'There is no attachment to worry about… none.',
  'La commission paritaire jointoie.',
  'Les projets de PJJ avancent.',
];
for (const text of innocent) test(`speaks of none: ${text}`, () => assert.equal(promisedAttachment(text), undefined));
