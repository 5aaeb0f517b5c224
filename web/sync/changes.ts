/**
 * Catches up with the server: from the state we hold to the newest, by /changes (RFC 8620 §5.2). Only records that are
 * already in the store are fetched again, and for emails only what can change; small types are kept whole.
 */
import type { Client } from './client.ts';
import { MethodRefused } from './errors.ts';
import { emailChangingProperties, emailProperties, readers } from './records.ts';
import type { AccountId, TypeName } from './records.ts';
import { applyPatch } from './records.ts';
import { isObject, list, object, text } from './shape.ts';
import type { JsonObject } from './shape.ts';
import type { RecordStore } from './store.ts';

/** Types of which every record is kept, new ones too. */
const wholeTypes: ReadonlySet<TypeName> = new Set(['Mailbox', 'Identity', 'Quota']);

const maxChanges = 500;
/** So many pages of changes behind, it is cheaper to begin anew. */
const maxPages = 10;

/** Fetches every record of a small type. */
export async function fetchAll<T extends TypeName>(
  client: Client,
  store: RecordStore,
  accountId: AccountId,
  type: T,
): Promise<void> {
  const answers = await client.request([[`${type}/get`, { accountId, ids: null }, 'get']]);
  const { list: records, state } = answers.of('get');
  store.together(() => {
    const fresh = list(records, readers[type]);
    const kept = new Set(fresh.map((record) => record.id));
    store.confirm(accountId, type, fresh);
    store.forget(
      accountId,
      type,
      store.ids(accountId, type).filter((id) => !kept.has(id)),
    );
    store.setState(accountId, type, text(state));
  });
}

/** Fetches records by id in pieces the server takes; those it does not know are forgotten. */
export async function fetchRecords(
  client: Client,
  store: RecordStore,
  accountId: AccountId,
  type: TypeName,
  ids: readonly string[],
): Promise<void> {
  const piece = client.session()?.limits.maxObjectsInGet ?? 500;
  const pieces = Array.from({ length: Math.ceil(ids.length / piece) }, (_, n) => ids.slice(n * piece, (n + 1) * piece));
  await Promise.all(
    pieces.map(async (some) => {
      const args = { accountId, ids: some, ...(type === 'Email' && { properties: emailProperties }) };
      const answers = await client.request([[`${type}/get`, args, 'get']]);
      takeGet(store, accountId, type, answers.of('get'));
    }),
  );
}

/** Takes the answer to a /get of whole records. The state is kept only if we hold none: records may be older than others. */
export function takeGet<T extends TypeName>(
  store: RecordStore,
  accountId: AccountId,
  type: T,
  answer: Readonly<Record<string, unknown>>,
): void {
  store.together(() => {
    store.confirm(accountId, type, list(answer['list'], readers[type]));
    store.forget(accountId, type, list(answer['notFound'] ?? [], text));
    if (store.state(accountId, type) === undefined) store.setState(accountId, type, text(answer['state']));
  });
}

/** Brings one type of one account up to date. @throws as Client.request does. */
export async function catchUp(client: Client, store: RecordStore, accountId: AccountId, type: TypeName): Promise<void> {
  for (let page = 0; page < maxPages; page += 1) {
    const since = store.state(accountId, type);
    if (since === undefined) return;
    const step = await changesSince(client, accountId, type, since);
    if (!step) break;
    const held = new Set(store.ids(accountId, type));
    const wanted = [...step.created, ...step.updated].filter((id) => wholeTypes.has(type) || held.has(id));
    await refresh(client, store, accountId, type, wanted);
    store.forget(accountId, type, step.destroyed);
    store.setState(accountId, type, step.newState);
    if (!step.hasMore) return;
  }
  // Too far behind, or the server no longer knows our state (RFC 8620 §5.2): begin anew with what the screen holds.
  store.setState(accountId, type, undefined);
  if (wholeTypes.has(type)) await fetchAll(client, store, accountId, type);
  else await fetchRecords(client, store, accountId, type, store.ids(accountId, type));
}

interface Step {
  readonly newState: string;
  readonly hasMore: boolean;
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly destroyed: readonly string[];
}

async function changesSince(
  client: Client,
  accountId: AccountId,
  type: TypeName,
  since: string,
): Promise<Step | undefined> {
  const answers = await client.request([[`${type}/changes`, { accountId, sinceState: since, maxChanges }, 'changes']]);
  try {
    const it = answers.of('changes');
    return {
      newState: text(it['newState']),
      hasMore: it['hasMoreChanges'] === true,
      created: list(it['created'], text),
      updated: list(it['updated'], text),
      destroyed: list(it['destroyed'], text),
    };
  } catch (error) {
    if (error instanceof MethodRefused && error.type === 'cannotCalculateChanges') return undefined;
    throw error;
  }
}

async function refresh(
  client: Client,
  store: RecordStore,
  accountId: AccountId,
  type: TypeName,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  if (type !== 'Email') return fetchRecords(client, store, accountId, type, ids);
  const piece = client.session()?.limits.maxObjectsInGet ?? 500;
  for (let from = 0; from < ids.length; from += piece) {
    const args = { accountId, ids: ids.slice(from, from + piece), properties: emailChangingProperties };
    const answer = (await client.request([['Email/get', args, 'get']])).of('get');
    const changed = list(answer['list'], object).flatMap((item) => {
      const before = store.confirmed(accountId, 'Email', text(item['id']));
      return before ? [readers.Email(applyPatch(before, changingOf(item)))] : [];
    });
    store.together(() => {
      store.confirm(accountId, 'Email', changed);
      store.forget(accountId, 'Email', list(answer['notFound'] ?? [], text));
    });
  }
}

function changingOf(item: Readonly<Record<string, unknown>>): JsonObject {
  const set = (value: unknown): JsonObject => {
    const names: Record<string, true> = {};
    for (const name of Object.keys(isObject(value) ? value : {})) names[name] = true;
    return names;
  };
  return { mailboxIds: set(item['mailboxIds']), keywords: set(item['keywords']) };
}
