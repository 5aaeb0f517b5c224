/**
 * Reading commands. Longer than other files because it is two tables, every command as its RFC writes it and every line
 * that does not fit: they are read beside the RFCs, and beside each other.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadSyntax } from './bad-syntax.ts';
import { readCommand } from './read.ts';

const command = (line: string, isUtf8 = false): unknown => readCommand(`a1 ${line}`, { isUtf8 }).command;
const ranges = (...pairs: number[]) => ({ kind: 'ranges', pairs: Uint32Array.from(pairs) });
const seen = { kind: 'flag', flag: '\\Seen' };

const rows: readonly { readonly line: string; readonly command: unknown }[] = [
  { line: 'capability', command: { kind: 'capability' } },
  { line: 'ID NIL', command: { kind: 'id', parameters: null } },
  {
    line: 'ID ("name" "Thunderbird" "os" NIL)',
    command: {
      kind: 'id',
      parameters: new Map([
        ['name', 'Thunderbird'],
        ['os', null],
      ]),
    },
  },
  {
    line: 'AUTHENTICATE plain',
    command: { kind: 'authenticate', mechanism: 'PLAIN', initialResponse: undefined },
  },
  { line: 'AUTHENTICATE PLAIN =', command: { kind: 'authenticate', mechanism: 'PLAIN', initialResponse: '' } },
  {
    line: 'AUTHENTICATE XOAUTH2 dXNlcg==',
    command: { kind: 'authenticate', mechanism: 'XOAUTH2', initialResponse: 'dXNlcg==' },
  },
  {
    line: 'LOGIN claire@example.org "pa\\"ss\\\\word"',
    command: { kind: 'login', userName: 'claire@example.org', password: 'pa"ss\\word' },
  },
  {
    line: 'LOGIN {6+}\r\nclaire {3}\r\na b',
    command: { kind: 'login', userName: 'claire', password: 'a b' },
  },
  { line: 'LOGIN c "\xc3\xa9"', command: { kind: 'login', userName: 'c', password: 'é' } },
  { line: 'LOGIN c "\xe9"', command: { kind: 'login', userName: 'c', password: 'é' } },
  { line: 'ENABLE condstore utf8=accept', command: { kind: 'enable', capabilities: ['CONDSTORE', 'UTF8=ACCEPT'] } },
  {
    line: 'SELECT inbox',
    command: { kind: 'select', isReadOnly: false, mailbox: 'INBOX', isCondstore: false, qresync: undefined },
  },
  {
    line: 'EXAMINE "&AMk-coles/R&-D" (CONDSTORE)',
    command: { kind: 'select', isReadOnly: true, mailbox: 'Écoles/R&D', isCondstore: true, qresync: undefined },
  },
  {
    line: 'SELECT INBOX (QRESYNC (67890007 20050715194045000 41,43:211,214:541 (1,5 41,60)))',
    command: {
      kind: 'select',
      isReadOnly: false,
      mailbox: 'INBOX',
      isCondstore: false,
      qresync: {
        uidValidity: 67_890_007,
        modseq: Number.MAX_SAFE_INTEGER,
        knownUids: ranges(41, 41, 43, 211, 214, 541),
        match: { numbers: ranges(1, 1, 5, 5), uids: ranges(41, 41, 60, 60) },
      },
    },
  },
  {
    line: 'SELECT INBOX (QRESYNC (1 2 (1 1)))',
    command: {
      kind: 'select',
      isReadOnly: false,
      mailbox: 'INBOX',
      isCondstore: false,
      qresync: {
        uidValidity: 1,
        modseq: 2,
        knownUids: undefined,
        match: { numbers: ranges(1, 1), uids: ranges(1, 1) },
      },
    },
  },
  { line: 'CREATE Archives', command: { kind: 'create', mailbox: 'Archives', uses: [] } },
  { line: 'CREATE S (USE (\\Sent))', command: { kind: 'create', mailbox: 'S', uses: ['\\Sent'] } },
  { line: 'RENAME a "b c"', command: { kind: 'rename', from: 'a', to: 'b c' } },
  { line: 'LSUB "" *', command: { kind: 'lsub', reference: '', pattern: '*' } },
  {
    line: 'LIST "" "%"',
    command: {
      kind: 'list',
      isExtended: false,
      selection: { subscribed: false, remote: false, recursiveMatch: false, specialUse: false },
      reference: '',
      patterns: ['%'],
      returns: {
        subscribed: false,
        children: false,
        specialUse: false,
        myRights: false,
        status: undefined,
        metadata: undefined,
      },
    },
  },
  {
    line: 'LIST (SUBSCRIBED RECURSIVEMATCH) "" (INBOX a/%) RETURN (CHILDREN MYRIGHTS STATUS (MESSAGES UNSEEN) METADATA /shared/comment)',
    command: {
      kind: 'list',
      isExtended: true,
      selection: { subscribed: true, remote: false, recursiveMatch: true, specialUse: false },
      reference: '',
      patterns: ['INBOX', 'a/%'],
      returns: {
        subscribed: false,
        children: true,
        specialUse: false,
        myRights: true,
        status: ['MESSAGES', 'UNSEEN'],
        metadata: ['/shared/comment'],
      },
    },
  },
  {
    line: 'STATUS INBOX (MESSAGES SIZE DELETED HIGHESTMODSEQ MAILBOXID APPENDLIMIT MESSAGES)',
    command: {
      kind: 'status',
      mailbox: 'INBOX',
      items: ['MESSAGES', 'SIZE', 'DELETED', 'HIGHESTMODSEQ', 'MAILBOXID', 'APPENDLIMIT'],
    },
  },
  {
    line: 'APPEND INBOX (\\seen $Label1) "22-Nov-2026 08:30:00 +0100" {2}\r\nhi ~{1+}\r\n\0',
    command: {
      kind: 'append',
      mailbox: 'INBOX',
      messages: [
        {
          flags: ['\\Seen', '$Label1'],
          internalDateMs: Date.UTC(2026, 10, 22, 7, 30),
          data: { kind: 'literal', octets: { kind: 'inline', octets: 'hi' }, isBinary: false, isUtf8: false },
        },
        {
          flags: [],
          internalDateMs: undefined,
          data: { kind: 'literal', octets: { kind: 'inline', octets: '\0' }, isBinary: true, isUtf8: false },
        },
      ],
    },
  },
  {
    line: 'APPEND Drafts CATENATE (URL "/INBOX/;UID=1" TEXT {2+}\r\nhi) UTF8 (~{2}\r\n\xc3\xa9)',
    command: {
      kind: 'append',
      mailbox: 'Drafts',
      messages: [
        {
          flags: [],
          internalDateMs: undefined,
          data: {
            kind: 'catenate',
            parts: [
              { kind: 'url', url: '/INBOX/;UID=1' },
              { kind: 'literal', octets: { kind: 'inline', octets: 'hi' }, isBinary: false, isUtf8: false },
            ],
          },
        },
        {
          flags: [],
          internalDateMs: undefined,
          data: { kind: 'literal', octets: { kind: 'inline', octets: '\xc3\xa9' }, isBinary: true, isUtf8: true },
        },
      ],
    },
  },
  { line: 'UID EXPUNGE 3:*', command: { kind: 'uidExpunge', uids: ranges(3, 0) } },
  {
    line: 'SEARCH UNSEEN OR FROM "\xc3\xa9l\xc3\xa8ve" (LARGER 10 NOT KEYWORD $Label1) 1:3,* SINCE 1-Feb-1994',
    command: {
      kind: 'search',
      byUid: false,
      returns: undefined,
      key: {
        kind: 'and',
        keys: [
          { kind: 'not', key: seen },
          {
            kind: 'or',
            keys: [
              { kind: 'header', field: 'from', text: 'élève' },
              {
                kind: 'and',
                keys: [
                  { kind: 'size', is: 'larger', octets: 10 },
                  { kind: 'not', key: { kind: 'flag', flag: '$Label1' } },
                ],
              },
            ],
          },
          { kind: 'numbers', set: ranges(1, 3, 0, 0) },
          { kind: 'date', of: 'internal', is: 'since', day: 8797 },
        ],
      },
    },
  },
  {
    line: 'UID SEARCH RETURN (SAVE MIN PARTIAL -1:-100) CHARSET iso-8859-1 SUBJECT {1}\r\n\xe9 $',
    command: {
      kind: 'search',
      byUid: true,
      returns: {
        min: true,
        max: false,
        all: false,
        count: false,
        save: true,
        partial: { first: 1, last: 100, isFromEnd: true },
      },
      key: {
        kind: 'and',
        keys: [
          { kind: 'header', field: 'subject', text: 'é' },
          { kind: 'numbers', set: { kind: 'saved' } },
        ],
      },
    },
  },
  {
    line: 'ESEARCH IN (mailboxes "folder1" subtree (a b)) RETURN () HEADER X-Spam ""',
    command: {
      kind: 'esearch',
      returns: { min: false, max: false, all: true, count: false, save: false, partial: undefined },
      sources: [
        { kind: 'mailboxes', mailboxes: ['folder1'] },
        { kind: 'subtree', mailboxes: ['a', 'b'] },
      ],
      key: { kind: 'header', field: 'x-spam', text: '' },
    },
  },
  {
    line: 'UID SORT (REVERSE DATE SUBJECT DISPLAYFROM) UTF-8 ALL',
    command: {
      kind: 'sort',
      byUid: true,
      returns: undefined,
      criteria: [
        { field: 'date', isReverse: true },
        { field: 'subject', isReverse: false },
        { field: 'displayFrom', isReverse: false },
      ],
      key: { kind: 'all' },
    },
  },
  {
    line: 'THREAD REFERENCES US-ASCII MODSEQ "/flags/\\\\seen" all 7 EMAILID E1',
    command: {
      kind: 'thread',
      byUid: false,
      algorithm: 'references',
      key: {
        kind: 'and',
        keys: [
          { kind: 'modseq', modseq: 7 },
          { kind: 'emailId', id: 'E1' },
        ],
      },
    },
  },
  {
    line: 'FETCH 1:* all',
    command: {
      kind: 'fetch',
      byUid: false,
      set: ranges(1, 0),
      items: [{ kind: 'flags' }, { kind: 'internalDate' }, { kind: 'size' }, { kind: 'envelope' }],
      changedSince: undefined,
      isVanished: false,
      partial: undefined,
    },
  },
  {
    line: 'UID FETCH $ (UID BODY.PEEK[1.2.HEADER.FIELDS (From "To")]<5.10> BINARY[2]<0.9> BINARY.SIZE[2.1] RFC822.HEADER PREVIEW (LAZY) BODY[1.MIME] BODY[]) (CHANGEDSINCE 4 VANISHED PARTIAL 1:50)',
    command: {
      kind: 'fetch',
      byUid: true,
      set: { kind: 'saved' },
      items: [
        { kind: 'uid' },
        {
          kind: 'section',
          isPeek: true,
          section: { path: [1, 2], text: { kind: 'headerFields', names: ['from', 'to'] } },
          partial: { offset: 5, length: 10 },
          label: 'BODY[1.2.HEADER.FIELDS (FROM TO)]<5>',
        },
        { kind: 'binary', isPeek: false, path: [2], partial: { offset: 0, length: 9 }, label: 'BINARY[2]<0>' },
        { kind: 'binarySize', path: [2, 1], label: 'BINARY.SIZE[2.1]' },
        {
          kind: 'section',
          isPeek: true,
          section: { path: [], text: { kind: 'header' } },
          partial: undefined,
          label: 'RFC822.HEADER',
        },
        { kind: 'preview', isLazy: true },
        {
          kind: 'section',
          isPeek: false,
          section: { path: [1], text: { kind: 'mime' } },
          partial: undefined,
          label: 'BODY[1.MIME]',
        },
        {
          kind: 'section',
          isPeek: false,
          section: { path: [], text: { kind: 'all' } },
          partial: undefined,
          label: 'BODY[]',
        },
      ],
      changedSince: 4,
      isVanished: true,
      partial: { first: 1, last: 50, isFromEnd: false },
    },
  },
  {
    line: 'UID STORE 1 (UNCHANGEDSINCE 12121230045) +flags.silent (\\Deleted $MDNSent)',
    command: {
      kind: 'store',
      byUid: true,
      set: ranges(1, 1),
      action: 'add',
      isSilent: true,
      flags: ['\\Deleted', '$MDNSent'],
      unchangedSince: 12_121_230_045,
    },
  },
  {
    line: 'STORE 2 FLAGS \\Seen \\Draft',
    command: {
      kind: 'store',
      byUid: false,
      set: ranges(2, 2),
      action: 'replace',
      isSilent: false,
      flags: ['\\Seen', '\\Draft'],
      unchangedSince: undefined,
    },
  },
  { line: 'UID MOVE 1 Trash', command: { kind: 'move', byUid: true, set: ranges(1, 1), mailbox: 'Trash' } },
  { line: 'SETQUOTA "" (STORAGE 512)', command: { kind: 'setQuota', root: '', limits: new Map([['STORAGE', 512]]) } },
  {
    line: 'SETACL INBOX bob -lrs',
    command: { kind: 'setAcl', mailbox: 'INBOX', identifier: 'bob', action: 'remove', rights: 'lrs' },
  },
  { line: 'LISTRIGHTS INBOX bob', command: { kind: 'listRights', mailbox: 'INBOX', identifier: 'bob' } },
  ...['(MAXSIZE 10 DEPTH 1) "" /shared', '"" (MAXSIZE 10 DEPTH 1) (/SHARED)'].map((line) => ({
    line: `GETMETADATA ${line}`,
    command: { kind: 'getMetadata', mailbox: '', entries: ['/shared'], maxSizeOctets: 10, depth: 1 },
  })),
  {
    line: 'SETMETADATA INBOX (/private/comment ~{1}\r\n\0 /shared/comment NIL)',
    command: {
      kind: 'setMetadata',
      mailbox: 'INBOX',
      values: [
        { entry: '/private/comment', value: '\0' },
        { entry: '/shared/comment', value: null },
      ],
    },
  },
  { line: 'NOTIFY NONE', command: { kind: 'notifyNone' } },
  {
    line: 'NOTIFY SET STATUS (selected MessageNew) (inboxes NONE)',
    command: undefined,
  },
  {
    line: 'NOTIFY SET STATUS (selected (MessageNew (UID FLAGS) MessageExpunge)) (subtree (a b) NONE)',
    command: {
      kind: 'notifySet',
      wantsStatus: true,
      groups: [
        {
          filter: { kind: 'selected' },
          events: [{ kind: 'messageNew', items: [{ kind: 'uid' }, { kind: 'flags' }] }, { kind: 'messageExpunge' }],
        },
        { filter: { kind: 'subtree', mailboxes: ['a', 'b'] }, events: [] },
      ],
    },
  },
  {
    line: 'NOTIFY SET (subscribed (X-Colour))',
    command: {
      kind: 'notifySet',
      wantsStatus: false,
      groups: [{ filter: { kind: 'subscribed' }, events: [{ kind: 'other' }] }],
    },
  },
  { line: 'COMPRESS deflate', command: { kind: 'compress', mechanism: 'DEFLATE' } },
];

test('commands are read as their RFCs write them', () => {
  for (const row of rows) {
    if (row.command === undefined) assert.throws(() => command(row.line), BadSyntax, row.line);
    else assert.deepEqual(command(row.line), row.command, row.line);
  }
});

test('a name is UTF-8 once the client has enabled it, and & means nothing more', () => {
  assert.deepEqual(command('DELETE "\xc3\x89coles/R&D"', true), { kind: 'delete', mailbox: 'Écoles/R&D' });
  assert.deepEqual(command('DELETE "e\xcc\x81t\xc3\xa9"', true), { kind: 'delete', mailbox: 'été' }, 'NFC');
});

test('an APPEND names the literals that were taken aside by their order', () => {
  const line = 'a1 APPEND INBOX {70000}\r\n (\\Seen) {80000+}\r\n';
  const { command: append } = readCommand(line, { aside: [25, line.length] });
  assert.deepEqual(
    append.kind === 'append' && append.messages.map(({ data }) => data.kind === 'literal' && data.octets),
    [
      { kind: 'aside', index: 0, sizeOctets: 70_000 },
      { kind: 'aside', index: 1, sizeOctets: 80_000 },
    ],
  );
});

const nested = (depth: number): string => `SEARCH ${'('.repeat(depth)}ALL${')'.repeat(depth)}`;

const hostile: readonly (readonly [line: string, offset: number, problem: string, because: string])[] = [
  ['', 0, 'syntax', 'no tag'],
  ['a1', 2, 'syntax', 'no command'],
  ['+ NOOP', 0, 'syntax', 'the tag of continuations'],
  [`${'a'.repeat(129)} NOOP`, 0, 'syntax', 'a tag nobody needs'],
  ['a1  NOOP', 3, 'command', 'two spaces'],
  ['a1 FROBNICATE', 3, 'command', 'no such command'],
  ['a1 UID NOOP', 3, 'command', 'UID of what has none'],
  ['a1 NOOP x', 7, 'syntax', 'something after the end'],
  ['a1 NOOP ', 7, 'syntax', 'a space after the end'],
  ['a1 LOGIN a', 10, 'syntax', 'half a login'],
  ['a1 LOGIN a "b', 11, 'syntax', 'a quoted string that does not end'],
  ['a1 LOGIN a "b\\n"', 13, 'syntax', 'an escape nobody knows'],
  ['a1 LOGIN a {5}\r\nb', 11, 'syntax', 'a literal that is too short'],
  ['a1 LOGIN a {1}\r\n\0', 11, 'syntax', 'NUL'],
  ['a1 LOGIN a ~{1}\r\nb', 12, 'syntax', 'binary where text belongs'],
  ['a1 SELECT "R&D"', 15, 'mailboxName', 'an ampersand that leads nowhere'],
  ['a1 SELECT &AGE-', 15, 'mailboxName', 'UTF-7 of what is ASCII'],
  ['a1 SELECT "\xff"', 13, 'mailboxName', 'no UTF-8'],
  ['a1 FETCH 0 UID', 9, 'syntax', 'there is no number 0'],
  ['a1 FETCH 4294967296 UID', 9, 'syntax', 'numbers have 32 bits'],
  ['a1 FETCH 1:2:3 UID', 12, 'syntax', 'a range has two ends'],
  ['a1 FETCH 1, UID', 11, 'syntax', 'a comma leads to more'],
  ['a1 FETCH 1 (UID', 15, 'syntax', 'no closing parenthesis'],
  ['a1 FETCH 1 (UID ALL)', 16, 'syntax', 'a macro stands alone'],
  ['a1 FETCH 1 BODY[MIME]', 16, 'syntax', 'MIME needs a part'],
  ['a1 FETCH 1 BODY[0]', 16, 'syntax', 'parts count from 1'],
  ['a1 FETCH 1 BODY[HEADER.FIELDS ()]', 32, 'syntax', 'no field'],
  ['a1 FETCH 1 BODY[HEADER.FIELDS ("a\\"\\\\: b")]', 31, 'syntax', 'no field can be called so'],
  ['a1 FETCH 1 BODY[]<0.0>', 21, 'syntax', 'nothing of something'],
  ['a1 FETCH 1 UID (VANISHED)', 16, 'syntax', 'VANISHED is for UID FETCH'],
  [`a1 FETCH 1 BODY[${'1.'.repeat(100)}1]`, 217, 'tooMuch', 'a path without end'],
  [`a1 ${nested(50)}`, 60, 'tooMuch', 'parentheses'],
  [`a1 SEARCH ${'NOT '.repeat(60)}ALL`, 210, 'tooMuch', 'negations'],
  [`a1 SEARCH${' ALL'.repeat(1_001)}`, 4010, 'tooMuch', 'keys'],
  [`a1 SEARCH${' TEXT a'.repeat(51)}`, 365, 'tooMuch', 'texts'],
  ['a1 SEARCH', 9, 'syntax', 'nothing to look for'],
  ['a1 SEARCH CHARSET KOI8-R ALL', 18, 'charset', 'a charset we do not read'],
  ['a1 SEARCH SUBJECT "\xff"', 18, 'syntax', 'no UTF-8'],
  ['a1 SEARCH SINCE 30-Feb-2024', 16, 'syntax', 'no such day'],
  ['a1 SEARCH RETURN (ALL PARTIAL 1:2) ALL', 34, 'syntax', 'both'],
  ['a1 SEARCH RETURN (PARTIAL 1:-2) ALL', 29, 'syntax', 'from both ends'],
  ['a1 SORT () UTF-8 ALL', 10, 'syntax', 'sorted by nothing'],
  ['a1 THREAD REFS UTF-8 ALL', 10, 'syntax', 'no such algorithm'],
  ['a1 APPEND INBOX "32-Nov-2026 08:30:00 +0100" {0}\r\n', 16, 'syntax', 'no such day'],
  ['a1 APPEND INBOX', 15, 'syntax', 'no message'],
  ['a1 LIST (RECURSIVEMATCH) "" *', 24, 'syntax', 'of what'],
  ['a1 ID ("name")', 14, 'syntax', 'a name without its value'],
  ['a1 SETACL INBOX bob +LR', 20, 'syntax', 'rights are small letters'],
  ['a1 GETMETADATA "" /a//b', 18, 'syntax', 'an entry with nothing between slashes'],
  ['a1 NOTIFY SET (personal (MessageNew))', 14, 'syntax', 'what comes without what leaves'],
  ['a1 NOTIFY SET (personal (FlagChange))', 14, 'syntax', 'flags of messages that are not told of'],
  ['a1 NOTIFY SET (personal (MessageNew (UID) MessageExpunge))', 14, 'syntax', 'items are of the selected mailbox'],
  ['a1 NOTIFY SET (selected (MailboxName))', 14, 'syntax', 'only messages are of the selected mailbox'],
  ['a1 NOTIFY SET (selected NONE) (selected-delayed NONE)', 30, 'syntax', 'one of both'],
  ['a1 AUTHENTICATE PLAIN !', 22, 'syntax', 'not base64'],
  [`a1 SEARCH TEXT ${'x'.repeat(9_000)}`, 15, 'tooMuch', 'a book'],
];

test('what does not fit is refused where it stops fitting, with the tag', () => {
  for (const [line, offset, problem, because] of hostile) {
    assert.throws(
      () => readCommand(line),
      (error) => {
        assert.ok(error instanceof BadSyntax, `${because}: ${String(error)}`);
        assert.deepEqual([error.offset, error.problem], [offset, problem], `${because}: ${error.message}`);
        assert.equal(error.tag, line.startsWith('a1') ? 'a1' : undefined, because);
        return true;
      },
      because,
    );
  }
});

test('a literal taken aside is no string', () => {
  const line = 'a1 SEARCH TEXT {70000}\r\n';
  assert.throws(
    () => readCommand(line, { aside: [line.length] }),
    (error) => error instanceof BadSyntax && error.problem === 'tooMuch',
  );
});
