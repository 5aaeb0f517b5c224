/** Old servers that lie, flood or fall silent: an import of them ends, in bounded time and memory, and says why. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { operator } from '#server/access/actor.ts';
import { addDomain } from '#server/directory/domain.ts';
import { addFunctionalAccount } from '#server/directory/functional.ts';
import { addTenant } from '#server/directory/tenant.ts';
import { runJobs } from '#server/jobs/run.ts';
import type { AccountId, TenantId } from '#server/store/ids.ts';
import { openStore } from '#server/store/open.ts';
import { read, type Store } from '#server/store/store.ts';
import { temporaryFolder } from '#tools/testing/folder.ts';

import { countForeignSecrets } from './foreign.ts';
import { listImports, listRefused, type ListedImport } from './list.ts';
import { selectImport } from './queries.ts';
import { importJobs } from './run.ts';
import { startImport } from './start.ts';

interface Asked {
  readonly tag: string;
  readonly command: string;
  readonly words: readonly string[];
  readonly socket: Socket;
}

/** What a server answers; undefined for the usual, `silence` where it has said all itself. */
type Manner = (asked: Asked) => string | undefined;

/** Whether the octets of message `n` are asked for. */
function asksFor(n: number, { command, words }: Asked): boolean {
  return command === 'UID FETCH' && words.join(' ').includes('BODY') && isNamed(words[2] ?? '', n);
}

const mail = (n: number, size = 200): string => {
  const head = `From: z@old.example\r\nSubject: ${n}\r\nMessage-ID: <${n}@old>\r\n\r\n`;
  return `${head}${'x'.repeat(Math.max(0, size - head.length))}`;
};

/** A server of three messages that behaves, but for what `manner` does otherwise. */
async function startServer(manner: Manner): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('* OK ready\r\n');
    let rest = '';
    socket.on('data', (piece) => {
      rest += piece.toString('latin1');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const [tag = '', ...words] = rest.slice(0, end).split(' ');
        rest = rest.slice(end + 2);
        const command = (words[0]?.toUpperCase() === 'UID' ? `UID ${words[1]}` : (words[0] ?? '')).toUpperCase();
        const special = manner({ tag, command, words, socket });
        if (special === 'silence') continue;
        socket.write(`${special ?? usual(command, words)}${tag} OK done\r\n`);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address);
  return { server, port: address.port };
}

function usual(command: string, words: readonly string[]): string {
  switch (command) {
    case 'CAPABILITY':
      return '* CAPABILITY IMAP4rev1\r\n';
    case 'LIST':
      return words[2] === '""' ? '* LIST (\\Noselect) "/" ""\r\n' : '* LIST () "/" INBOX\r\n';
    case 'EXAMINE':
    case 'SELECT':
      return opened(7);
    case 'UID FETCH':
      return [1, 2, 3]
        .filter((n) => isNamed(words[2] ?? '', n))
        .map((n) => fetched(n, words.join(' ')))
        .join('');
    default:
      return '';
  }
}

function opened(uidValidity: number | undefined): string {
  const validity = uidValidity === undefined ? '' : `* OK [UIDVALIDITY ${uidValidity}] x\r\n`;
  return `* FLAGS ()\r\n* 3 EXISTS\r\n${validity}* OK [UIDNEXT 4] x\r\n`;
}

function isNamed(set: string, n: number): boolean {
  return set.split(',').some((range) => {
    const [from = '', to = from] = range.split(':');
    return n >= Number(from) && (to === '*' || n <= Number(to));
  });
}

function fetched(n: number, query: string, size = 200): string {
  if (!query.includes('BODY'))
    return `* ${n} FETCH (UID ${n} FLAGS (\\Seen) INTERNALDATE "01-Jan-2020 00:00:00 +0000" RFC822.SIZE ${size})\r\n`;
  const text = mail(n, size);
  return `* ${n} FETCH (UID ${n} BODY[] {${text.length}}\r\n${text})\r\n`;
}

describe('imports from hostile servers', () => {
  let store: Store;
  let tenantId: TenantId;
  let count = 0;
  const key = randomBytes(32);
  const folder = temporaryFolder();
  before(async () => {
    store = await openStore({ databaseUrl: `sqlite:${folder}/pli.sqlite`, blobsUrl: `file:${folder}/blobs` });
    tenantId = await addTenant(store, operator, { slug: 'x', name: 'X' });
    await addDomain(store, operator, { tenantId, name: 'x.example' });
  });
  after(() => store.close());

  const newAccount = async (): Promise<AccountId> => {
    count += 1;
    const given = { tenantId, name: `Boîte ${count}`, email: `b${count}@x.example` };
    return (await addFunctionalAccount(store, operator, given)).accountId;
  };

  const run = async (
    manner: Manner,
    more: { readonly accountId?: AccountId; readonly silenceMs?: number; readonly otherKey?: Buffer } = {},
  ): Promise<ListedImport & { readonly accountId: AccountId }> => {
    const { server, port } = await startServer(manner);
    const owner = more.accountId ?? (await newAccount());
    const source = {
      kind: 'imap',
      host: '127.0.0.1',
      port,
      security: 'clear',
      userName: 'x',
      login: { kind: 'owner' },
      isTrusted: true,
      acceptsAnyCertificate: false,
      octetsPerSecond: null,
    } as const;
    await startImport(store, operator, owner, key, { kind: 'imap', source, password: 'x' });
    const reach = { anyHost: false, insideHosts: [] };
    const policy = {
      key: more.otherKey ?? key,
      atOnce: 1,
      reach,
      messageOctets: 100_000,
      octetsPerSecond: 0,
      isOpen: true,
    };
    const hurry = { silenceMs: more.silenceMs ?? 10_000, firstPauseMs: 5 };
    const imports = importJobs(store, { ...policy, anyCertificateHosts: [], ...hurry });
    const runner = runJobs(store, imports.kinds, { lookEveryMs: 20, onFault: (_, error) => assert.ifError(error) });
    try {
      for (let tries = 0; tries < 1500; tries += 1) {
        const [one] = await listImports(store, operator, owner);
        // Waiting with a problem: it would be tried again later.
        if (
          one &&
          (['done', 'failed', 'paused'].includes(one.state) || (one.state === 'waiting' && one.problem !== null))
        )
          return { ...one, accountId: owner };
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return assert.fail('it does not end');
    } finally {
      imports.stop();
      await runner.close();
      server.close();
    }
  };

  const outcome = ({
    state,
    problem,
    progress: { imported, duplicates, refused },
  }: ListedImport): readonly unknown[] => [state, problem, imported, duplicates, refused];

  it('a server that behaves is imported whole', async () => {
    assert.deepEqual(outcome(await run(() => undefined)), ['done', null, 3, 0, 0]);
  });

  it('a literal beyond the limit costs its message alone', async () => {
    const done = await run((asked) => {
      if (!asksFor(2, asked)) return undefined;
      return `${asksFor(1, asked) ? fetched(1, 'BODY') : ''}* 2 FETCH (UID 2 BODY[] {99999999999}\r\n`;
    });
    assert.deepEqual(outcome(done), ['done', null, 2, 0, 1]);
    const [refused] = await listRefused(store, operator, done.accountId, done.id);
    assert.deepEqual([refused?.message, refused?.reason], ['2', 'tooLarge']);
  });

  it('a line without end is not waited for', async () => {
    const one = await run(({ command, socket }) => {
      if (command !== 'LIST') return undefined;
      socket.write(`* LIST () "/" ${'x'.repeat(2_000_000)}`);
      return 'silence';
    });
    assert.deepEqual(outcome(one).slice(0, 2), ['failed', 'badServer']);
  });

  it('answers without end are cut off', async () => {
    const before = process.memoryUsage().rss;
    const one = await run(({ command, socket }) => {
      if (command !== 'LIST') return undefined;
      const flood = `* LIST () "/" ${'x'.repeat(200)}\r\n`.repeat(500);
      const more = (): void => {
        while (!socket.destroyed && socket.write(flood));
        if (!socket.destroyed) socket.once('drain', more);
      };
      more();
      return 'silence';
    });
    assert.deepEqual(outcome(one).slice(0, 2), ['failed', 'badServer']);
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 400_000_000, `${grown} octets more`);
  });

  it('silence ends it', async () => {
    const one = await run(({ command }) => (command === 'EXAMINE' ? 'silence' : undefined), { silenceMs: 500 });
    assert.deepEqual(outcome(one), ['waiting', 'unreachable', 0, 0, 0]);
  });

  it('another uidValidity begins anew, and knows the mail by its octets', async () => {
    const first = await run(() => undefined);
    const again = await run(({ command }) => (command === 'EXAMINE' ? opened(8) : undefined), first);
    assert.deepEqual(outcome(again), ['done', null, 0, 3, 0]);
  });

  it('a folder without uidValidity is told and passed over', async () => {
    const one = await run(({ command }) => (command === 'EXAMINE' ? opened(undefined) : undefined));
    assert.deepEqual(outcome(one), ['done', null, 0, 0, 1]);
  });

  it('messages nobody asked for, twice, or with nonsense for a date and size, do no harm', async () => {
    const one = await run((asked) => {
      if (asked.command !== 'UID FETCH') return undefined;
      if (asksFor(1, asked)) return `* 9 FETCH (UID 4000000000 BODY[] {3}\r\nabc)\r\n${fetched(1, 'BODY')}`.repeat(3);
      const nonsense = 'FLAGS (\\Seen \\Odd) INTERNALDATE "99-Foo-20201 00:00:00 +0000" RFC822.SIZE 5';
      return isNamed(asked.words[2] ?? '', 1) ? `* 1 FETCH (UID 1 ${nonsense})\r\n`.repeat(2) : '';
    });
    assert.deepEqual(outcome(one), ['done', null, 1, 0, 1]);
  });

  it('a line lost just after a folder was opened is not taken for an empty folder', async () => {
    let opens = 0;
    const one = await run(({ tag, command, socket }) => {
      if (command !== 'EXAMINE') return undefined;
      opens += 1;
      if (opens > 1) return undefined;
      socket.end(`${opened(7)}${tag} OK done\r\n`);
      return 'silence';
    });
    assert.deepEqual([opens, ...outcome(one), one.progress.messages], [2, 'done', null, 3, 0, 0, 3]);
  });

  it('nor is one lost before the first answer to a question for messages taken for messages that are gone', async () => {
    let asks = 0;
    const one = await run((asked) => {
      if (!asksFor(1, asked)) return undefined;
      asks += 1;
      if (asks > 1) return undefined;
      asked.socket.end();
      return 'silence';
    });
    assert.deepEqual(outcome(one), ['done', null, 3, 0, 0]);
  });

  /** Answers so the first `times` that `command` comes, and leaves unless it is a tagged answer. */
  const atFirst =
    (wanted: string, answer: (tag: string) => string, times = 1, leaves = true): Manner =>
    ({ tag, command, words, socket }) => {
      // `LIST "" ""` is asked for the delimiter, while connecting.
      if (command !== wanted || words[2] === '""' || times <= 0) return undefined;
      times -= 1;
      if (leaves) socket.end(answer(tag));
      else socket.write(answer(tag));
      return 'silence';
    };
  const lost: readonly (readonly [string, Manner])[] = [
    ['lost in the middle of the folders', atFirst('LIST', () => '* LIST () "/" INBOX\r\n')],
    ['lost before any folder', atFirst('LIST', () => '')],
    ['lost in the middle of the list of messages', atFirst('UID FETCH', () => fetched(1, 'FLAGS'))],
    ['lost in the middle of a line', atFirst('UID FETCH', () => '* 1 FETCH (UID 1 FLA')],
    ['gone once it is done', atFirst('LOGOUT', () => '')],
    ['that says goodbye to LIST and stays', atFirst('LIST', (tag) => `* BYE later\r\n${tag} OK done\r\n`, 1, false)],
    [
      'that says goodbye to EXAMINE and stays',
      atFirst('EXAMINE', (tag) => `* BYE later\r\n${opened(7)}${tag} OK done\r\n`, 1, false),
    ],
    ['that says goodbye to EXAMINE and goes', atFirst('EXAMINE', () => '* BYE later\r\n')],
    [
      'that says goodbye to a question for messages and stays',
      atFirst('UID FETCH', (tag) => `* BYE later\r\n${tag} OK done\r\n`, 1, false),
    ],
    ['whose folder is in use', atFirst('EXAMINE', (tag) => `${tag} NO [INUSE] somebody has it\r\n`, 2, false)],
    ['that is away for LIST', atFirst('LIST', (tag) => `${tag} NO [UNAVAILABLE] later\r\n`, 1, false)],
    ['that is away for messages', atFirst('UID FETCH', (tag) => `${tag} NO [UNAVAILABLE] later\r\n`, 2, false)],
    ['that has too many logins', atFirst('LOGIN', (tag) => `${tag} NO [LIMIT] too many\r\n`, 2, false)],
  ];
  for (const [what, manner] of lost) {
    it(`a server ${what} is asked again, and all is there once`, async () => {
      assert.deepEqual(outcome(await run(manner)), ['done', null, 3, 0, 0]);
    });
  }

  it('a folder that stays in use holds up the import and not the other folders', async () => {
    const one = await run(({ tag, command, words, socket }) => {
      if (command === 'LIST') return `${usual(command, words)}* LIST () "/" Occupe\r\n`;
      if (command !== 'EXAMINE' || !words.join(' ').includes('INBOX')) return undefined;
      socket.write(`${tag} NO [INUSE] somebody has it\r\n`);
      return 'silence';
    });
    assert.deepEqual(outcome(one), ['waiting', 'unreachable', 3, 0, 0]);
  });

  it('what others share is left to them (RFC 2342)', async () => {
    let opened = '';
    const one = await run(({ command, words }) => {
      if (command === 'CAPABILITY') return '* CAPABILITY IMAP4rev1 NAMESPACE\r\n';
      if (command === 'NAMESPACE') return '* NAMESPACE (("" "/")) (("Autres/" "/")) (("#public/" "/"))\r\n';
      if (command === 'EXAMINE') opened += `${words[1]} `;
      if (command !== 'LIST' || words[2] === '""') return undefined;
      const names = ['INBOX', 'Autres/marc', '#public/tous', 'Autres', 'Classes'];
      return names.map((name) => `* LIST () "/" ${name}\r\n`).join('');
    });
    assert.deepEqual([opened, one.state], ['INBOX Autres Classes ', 'done']);
  });

  it('a server that names fewer messages than it has is not taken at its word', async () => {
    const done = await run((asked) =>
      asked.command === 'UID FETCH' && !asked.words.join(' ').includes('BODY') ? fetched(1, 'FLAGS') : undefined,
    );
    assert.deepEqual(outcome(done), ['done', null, 1, 0, 1]);
    const [refused] = await listRefused(store, operator, done.accountId, done.id);
    assert.deepEqual([refused?.folder, refused?.reason], ['INBOX', 'gone']);
  });

  it('a password that was sealed with another machine’s key is waited for, asked for, and not erased', async () => {
    const one = await run(() => undefined, { otherKey: randomBytes(32) });
    assert.deepEqual(outcome(one), ['waiting', 'passwordNeeded', 0, 0, 0]);
    assert.equal(one.hasPassword, false);
    const sealed = await read(store, (tx) => selectImport(tx, one.accountId, one.id));
    assert.equal(typeof sealed?.secret, 'string');
    const kept = await countForeignSecrets(store, folder);
    assert.ok(kept > 0, 'no key is there');
    writeFileSync(join(folder, 'import-key'), key);
    assert.equal(await countForeignSecrets(store, folder), 0);
    writeFileSync(join(folder, 'import-key'), randomBytes(32));
    assert.equal(await countForeignSecrets(store, folder), kept);
  });

  it('a message at which the server hangs up is passed over after two tries', async () => {
    const done = await run((asked) => {
      if (!asksFor(2, asked)) return undefined;
      asked.socket.end(asksFor(1, asked) ? fetched(1, 'BODY') : '');
      return 'silence';
    });
    assert.deepEqual(outcome(done), ['done', null, 2, 0, 1]);
    const [refused] = await listRefused(store, operator, done.accountId, done.id);
    assert.deepEqual([refused?.message, refused?.reason], ['2', 'unreadable']);
  });

  it('a message the server says no to is passed over', async () => {
    const done = await run((asked) => {
      if (!asksFor(3, asked)) return undefined;
      asked.socket.write(`${asksFor(1, asked) ? fetched(1, 'BODY') : ''}${asked.tag} NO [SERVERBUG] broken\r\n`);
      return 'silence';
    });
    assert.deepEqual(outcome(done), ['done', null, 2, 0, 1]);
  });
});
