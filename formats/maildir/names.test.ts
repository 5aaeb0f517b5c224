import assert from 'node:assert/strict';
import { it } from 'node:test';

import { flagLetters, folderName, readFlagLetters, readFolderName, readKeywordList } from './names.ts';

it('letters of a file name are flags, and small ones the keywords of the folder', () => {
  const keywords = readKeywordList('0 Urgent\n2 $label1\nnonsense\n99 far\n');
  assert.deepEqual(readFlagLetters('1.M1P1.x,S=3:2,FSac', keywords), ['\\Flagged', '\\Seen', 'Urgent', '$label1']);
  assert.deepEqual(readFlagLetters('1.M1P1.x;2,Rb', keywords), ['\\Answered']);
  assert.deepEqual(readFlagLetters('1.M1P1.x', keywords), []);
});

it('keywords get letters as they come, as long as there are any', () => {
  const known: string[] = [];
  assert.equal(flagLetters(['$seen', 'urgent', '$flagged'], known), 'FSa');
  assert.equal(flagLetters(['$label1', 'urgent'], known), 'ab');
  assert.deepEqual(known, ['urgent', '$label1']);
  const many = Array.from({ length: 40 }, (_, n) => `k${n}`);
  assert.equal(flagLetters(many, []).length, 26);
});

it('folders of Maildir++ keep accents, dots and levels', () => {
  for (const names of [['Établissements', 'Collège J. Moulin'], ['R&D'], ['2019']])
    assert.deepEqual(readFolderName(folderName(names)), names);
  assert.deepEqual(readFolderName('.Éléments'), ['Éléments'], 'newer servers write UTF-8');
});
