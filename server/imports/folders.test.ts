import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { keywordsOfFlags } from './flags.ts';
import { planFolders, type SourceFolder } from './folders.ts';

/** `path` or `path \\Use`, levels apart by "/". */
function folders(...lines: readonly string[]): readonly SourceFolder[] {
  return lines.map((line) => {
    const [path = '', specialUse] = line.split(' \\');
    return { path, names: path.split('/'), specialUse: specialUse === undefined ? undefined : `\\${specialUse}` };
  });
}

function planned(...lines: readonly string[]): Readonly<Record<string, string>> {
  const entries = planFolders(folders(...lines)).map(({ path, target, knownBy }) => {
    const place =
      target.kind === 'path'
        ? [target.below ?? '', ...target.path].join('/')
        : target.kind === 'role'
          ? target.role
          : '';
    return [path, knownBy === 'account' ? `${place}, what is nowhere else` : place] as const;
  });
  return Object.fromEntries(entries);
}

describe('where folders go', () => {
  const rows: readonly (readonly [
    because: string,
    given: readonly string[],
    plan: Readonly<Record<string, string>>,
  ])[] = [
    [
      'what the server says comes before what names say',
      ['INBOX', 'Sent', 'Objets partis \\Sent', 'Corbeille'],
      { INBOX: 'inbox', 'Objets partis': 'sent', Corbeille: 'trash', Sent: '/Sent' },
    ],
    [
      'known names, in French and English, with or without accents and dashes',
      ['Inbox', 'Éléments envoyés', 'Brouillons', 'Junk E-mail', 'DELETED ITEMS', 'Archives'],
      {
        Inbox: 'inbox',
        'Éléments envoyés': 'sent',
        Brouillons: 'drafts',
        'Junk E-mail': 'junk',
        'DELETED ITEMS': 'trash',
        Archives: 'archive',
      },
    ],
    [
      'one folder a role; the other keeps its name',
      ['Sent', 'Sent Items'],
      { Sent: 'sent', 'Sent Items': '/Sent Items' },
    ],
    [
      'a level INBOX above everything says nothing',
      ['INBOX', 'INBOX/Sent', 'INBOX/Classes/4e B'],
      { INBOX: 'inbox', 'INBOX/Sent': 'sent', 'INBOX/Classes/4e B': '/Classes/4e B' },
    ],
    [
      'above some it is a folder of the inbox',
      ['INBOX', 'INBOX/Suivi', 'Classes'],
      { INBOX: 'inbox', 'INBOX/Suivi': 'inbox/Suivi', Classes: '/Classes' },
    ],
    ['below a folder with a role', ['Sent', 'Sent/2019/Été'], { Sent: 'sent', 'Sent/2019/Été': 'sent/2019/Été' }],
    [
      'a known name below another folder is a name like any other',
      ['Projets/Sent'],
      { 'Projets/Sent': '/Projets/Sent' },
    ],
    [
      'views are left out, and of all mail what is nowhere else comes last',
      ['All Mail \\All', 'Important \\Important', 'Starred \\Flagged', 'INBOX'],
      { INBOX: 'inbox', 'All Mail': 'archive, what is nowhere else' },
    ],
  ];
  for (const [because, given, plan] of rows) {
    it(because, () => {
      assert.deepEqual(planned(...given), plan);
    });
  }

  it('names that no mailbox may have become names that one may', () => {
    const names = ['a/b\u0000', ' ', 'x'.repeat(600), '\ud800'];
    const plans = planFolders(names.map((name, index) => ({ path: String(index), names: [name] })));
    const paths = plans.map(({ target }) => (target.kind === 'path' ? target.path.join('|') : ''));
    assert.deepEqual(paths, ['a-b', '_', 'x'.repeat(490), '\ufffd']);
  });

  it('levels beyond the deepest stand side by side on the last', () => {
    const names = Array.from({ length: 15 }, (_, level) => String(level));
    const [one] = planFolders([{ path: 'deep', names }]);
    assert.ok(one?.target.kind === 'path');
    assert.deepEqual([one.target.path.length, one.target.path.at(-1)], [10, '9 - 10 - 11 - 12 - 13 - 14']);
  });
});

it('flags become keywords, and what is none is left out', () => {
  const { flags, others } = keywordsOfFlags([
    '\\Seen',
    '\\Deleted',
    '\\Recent',
    'NonJunk',
    '$Forwarded',
    'Urgent',
    'a{b',
    'été',
  ]);
  assert.deepEqual([flags, others], [1 | 16 | 64, ['urgent']]);
});
