/**
 * A small JMAP server in memory, for the tests of this folder: enough of RFC 8620 and 8621 that the sync engine meets
 * states, changes, refusals, dropped lines and ended sessions. A double of the transport, not a model of the server.
 */
import type { Fetch } from './client.ts';
import { applyPatch } from './records.ts';
import { isObject, object, text } from './shape.ts';

type Row = Readonly<Record<string, unknown>>;
type Table = Map<string, Row>;

export interface FakeServer {
  readonly fetch: Fetch;
  readonly tables: Readonly<Record<string, Table>>;
  /** What happens to the next requests: `down` drops them, `loggedOut` answers 401, `readOnly` takes no /set, `closed` nothing. */
  mode: 'up' | 'down' | 'loggedOut' | 'readOnly' | 'closed';
  /** Ids whose update is refused with this SetError type. */
  readonly refuse: Map<string, string>;
  /** Every method called, in order. */
  readonly calls: string[];
  /** POSTs received, down ones not counted. */
  posts: number;
  forgetChanges(): void;
  put(type: string, row: Row): void;
  state(): string;
}

export const fakeAccountId = 'a1';

export function createFakeServer(): FakeServer {
  const tables: Record<string, Table> = {
    Email: new Map(),
    Mailbox: new Map(),
    Thread: new Map(),
    Identity: new Map(),
    Quota: new Map(),
  };
  let modseq = 1;
  let oldestState = 0;
  const log: { at: number; type: string; id: string; kind: 'created' | 'updated' | 'destroyed' }[] = [];

  const record = (type: string, id: string, kind: 'created' | 'updated' | 'destroyed') => {
    modseq += 1;
    log.push({ at: modseq, type, id, kind });
  };
  const table = (type: string): Table => (tables[type] ??= new Map());

  const server: FakeServer = {
    fetch,
    tables,
    mode: 'up',
    refuse: new Map(),
    calls: [],
    posts: 0,
    state: () => String(modseq),
    forgetChanges() {
      oldestState = modseq;
      modseq += 1;
    },
    put(type, row) {
      const id = String(row['id']);
      record(type, id, table(type).has(id) ? 'updated' : 'created');
      table(type).set(id, row);
      if (type !== 'Email') return;
      joinThread(row);
      for (const mailboxId of Object.keys(object(row['mailboxIds']))) record('Mailbox', mailboxId, 'updated');
    },
  };

  function joinThread(email: Row): void {
    const threadId = String(email['threadId']);
    const emailIds = [...table('Email').values()].filter((it) => it['threadId'] === threadId).map((it) => it['id']);
    record('Thread', threadId, table('Thread').has(threadId) ? 'updated' : 'created');
    table('Thread').set(threadId, { id: threadId, emailIds });
  }

  async function fetch(url: string, init?: RequestInit): Promise<Response> {
    await Promise.resolve();
    if (server.mode === 'down') throw new TypeError('fetch failed');
    if (server.mode === 'loggedOut') return Response.json({}, { status: 401 });
    if (server.mode === 'closed')
      return Response.json({ maintenance: { endsAt: '2026-11-22T18:00:00Z' } }, { status: 503 });
    if (url === '/.well-known/jmap') return Response.json(session);
    server.posts += 1;
    const request = object(JSON.parse(text(init?.body)));
    const responses: [string, Row, string][] = [];
    const calls: unknown = request['methodCalls'];
    if (!Array.isArray(calls)) return Response.json({ type: 'urn:ietf:params:jmap:error:notRequest' }, { status: 400 });
    for (const [method, args, name] of calls) {
      server.calls.push(String(method));
      const [type = '', verb = ''] = String(method).split('/');
      const answer = run(type, verb, resolveReferences(object(args), responses));
      responses.push([answer['type'] && verb !== 'get' ? 'error' : String(method), answer, String(name)]);
    }
    return Response.json({ methodResponses: responses, sessionState: 's1' });
  }

  function run(type: string, verb: string, args: Row): Row {
    const accountId = fakeAccountId;
    if (verb === 'get') {
      const rows = table(type);
      const ids = Array.isArray(args['ids']) ? args['ids'].map(String) : [...rows.keys()];
      const found = ids.map((id) => rows.get(id)).filter((row) => row !== undefined);
      const list = type === 'Mailbox' ? found.map(withCounts) : found;
      return { accountId, state: server.state(), list, notFound: ids.filter((id) => !rows.has(id)) };
    }
    if (verb === 'changes') return changes(type, Number(args['sinceState']));
    if (verb === 'query') return query(args);
    if (verb === 'set') return server.mode === 'readOnly' ? { type: 'serverUnavailable' } : set(type, args);
    return { type: 'unknownMethod' };
  }

  function withCounts(mailbox: Row): Row {
    const inside = [...table('Email').values()].filter((email) => object(email['mailboxIds'])[String(mailbox['id'])]);
    const unread = inside.filter((email) => !object(email['keywords'])['$seen']);
    return { ...mailbox, totalEmails: inside.length, unreadEmails: unread.length };
  }

  function changes(type: string, since: number): Row {
    if (since < oldestState) return { type: 'cannotCalculateChanges' };
    const kinds = new Map<string, string>();
    for (const entry of log) if (entry.at > since && entry.type === type) kinds.set(entry.id, entry.kind);
    const of = (kind: string) => [...kinds].filter((it) => it[1] === kind).map(([id]) => id);
    return {
      oldState: String(since),
      newState: server.state(),
      hasMoreChanges: false,
      created: of('created'),
      updated: of('updated'),
      destroyed: of('destroyed'),
    };
  }

  function query(args: Row): Row {
    const filter = isObject(args['filter']) ? args['filter'] : {};
    const inMailbox = filter['inMailbox'];
    let emails = [...table('Email').values()].filter(
      (email) => inMailbox === undefined || object(email['mailboxIds'])[text(inMailbox)],
    );
    emails.sort((a, b) => String(b['receivedAt']).localeCompare(String(a['receivedAt'])));
    const seen = new Set<unknown>();
    if (args['collapseThreads']) emails = emails.filter(({ threadId }) => !seen.has(threadId) && seen.add(threadId));
    const position = Number(args['position'] ?? 0);
    const ids = emails.slice(position, position + Number(args['limit'] ?? 1000)).map((email) => email['id']);
    return { ids, position, total: emails.length, queryState: server.state() };
  }

  function set(type: string, args: Row): Row {
    const answer = { created: {}, updated: {}, destroyed: [], notCreated: {}, notUpdated: {}, notDestroyed: {} };
    const put = (part: object, id: string, value: unknown) => Object.assign(part, { [id]: value });
    const part = (name: string) => Object.entries(isObject(args[name]) ? args[name] : {});
    for (const [creationId, row] of part('create')) {
      const id = `new${modseq}`;
      server.put(type, { ...object(row), id });
      put(answer.created, creationId, { id });
    }
    for (const [id, patch] of part('update')) {
      const before = table(type).get(id);
      const refusal = server.refuse.get(id) ?? (before ? undefined : 'notFound');
      if (refusal || !before) put(answer.notUpdated, id, { type: refusal });
      else {
        table(type).set(id, { ...applyPatch(before, JSON.parse(JSON.stringify(patch))) });
        record(type, id, 'updated');
        put(answer.updated, id, null);
      }
    }
    for (const id of Array.isArray(args['destroy']) ? args['destroy'].map(String) : []) {
      table(type).delete(id);
      record(type, id, 'destroyed');
      Object.assign(answer.destroyed, [...answer.destroyed, id]);
    }
    return answer;
  }

  return server;
}

/** RFC 8620 §3.7, as far as `/ids`, `/list/*\/name`. */
function resolveReferences(args: Row, responses: readonly [string, Row, string][]): Row {
  const resolved: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(args)) {
    if (!key.startsWith('#')) resolved[key] = value;
    else if (isObject(value)) {
      const source = responses.find((response) => response[2] === value['resultOf']);
      const path = String(value['path']).split('/').slice(1);
      resolved[key.slice(1)] = path.reduce<unknown>(step, source?.[1]);
    }
  }
  return resolved;
}

function step(value: unknown, part: string): unknown {
  if (part === '*') return value;
  if (Array.isArray(value)) return value.map((item) => object(item)[part]);
  return object(value)[part];
}

const session = {
  username: 'claire.morel',
  accounts: { [fakeAccountId]: { name: 'claire.morel', isPersonal: true, isReadOnly: false, accountCapabilities: {} } },
  primaryAccounts: { 'urn:ietf:params:jmap:mail': fakeAccountId },
  capabilities: { 'urn:ietf:params:jmap:core': { maxObjectsInGet: 500 }, 'urn:ietf:params:jmap:mail': {} },
  apiUrl: 'http://elsewhere.example/jmap/api',
  downloadUrl: '/jmap/download/{accountId}/{blobId}/{name}?type={type}',
  uploadUrl: '/jmap/upload/{accountId}/',
  eventSourceUrl: '/jmap/eventsource/?types={types}&closeafter={closeafter}&ping={ping}',
  state: 's1',
};
