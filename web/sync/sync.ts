/**
 * The client's engine: one session with the server, the store, the outbox, push, and the lists that are open. It has no
 * screen; web/app/SyncContext.tsx hangs React on it. Several tabs tell each other what they write, so all agree at once.
 */
import { catchUp, fetchAll, fetchRecords } from './changes.ts';
import { createClient } from './client.ts';
import type { Client, Fetch } from './client.ts';
import { createConnection } from './connection.ts';
import type { Connection } from './connection.ts';
import { createEmailQuery } from './emailQuery.ts';
import { LoggedOut, Unreachable } from './errors.ts';
import type { EmailQuery, EmailQuerySpec } from './emailQuery.ts';
import { createOutbox } from './outbox.ts';
import type { Outbox, Outcome, WriteStorage } from './outbox.ts';
import { createPush } from './push.ts';
import type { StateChange } from './push.ts';
import { isTypeName, typeNames } from './records.ts';
import type { AccountId, TypeName } from './records.ts';
import { expand } from './session.ts';
import type { Session } from './session.ts';
import { createStore } from './store.ts';
import type { RecordStore, Write } from './store.ts';

/** What goes between tabs. */
type TabMessage =
  | { readonly kind: 'laid'; readonly write: Write }
  | { readonly kind: 'settled'; readonly write: Write }
  | { readonly kind: 'loggedOut' };

type Status =
  | { readonly kind: 'starting' }
  | { readonly kind: 'loggedOut' }
  | { readonly kind: 'working'; readonly session: Session };

export interface SyncParts {
  readonly fetch: Fetch;
  readonly openStorage: (userName: string) => WriteStorage;
  /** Absent where there is no such thing (tests). */
  readonly channel?: BroadcastChannel;
  readonly withPush: boolean;
}

export type WriteParts = Pick<Write, 'accountId' | 'type'> &
  Partial<Pick<Write, 'create' | 'update' | 'destroy' | 'options'>>;

export interface Sync {
  readonly client: Client;
  readonly store: RecordStore;
  readonly connection: Connection;
  /** Opens the session and fetches what every screen needs. @throws {LoggedOut} {Unreachable} */
  start(): Promise<Session>;
  /** Starts, as often as it takes, and keeps `status` true. A session that ends at work leaves it at work. */
  begin(): Promise<void>;
  status(): Status;
  subscribeStatus(listener: () => void): () => void;
  session(): Session | undefined;
  /** Shows a change at once and sends it when it can; the outcome comes with the server's answer. */
  mutate(parts: WriteParts): Promise<Outcome>;
  waitingWrites(): number;
  subscribeWrites(listener: () => void): () => void;
  /** Fetches records that are not in the store yet. */
  ensure(accountId: AccountId, type: TypeName, ids: readonly string[]): Promise<void>;
  /** Fetches a small type whole, once. */
  ensureAll(accountId: AccountId, type: 'Mailbox' | 'Identity' | 'Quota'): Promise<void>;
  openEmailQuery(spec: EmailQuerySpec): EmailQuery;
  /** Where the octets of a blob are (RFC 8620 §6.2). */
  downloadUrl(accountId: AccountId, blobId: string, name: string, type: string): string;
  uploadUrl(accountId: AccountId): string;
  /** Called with each write the server refused, wholly or in part. */
  onRefused(listener: (write: Write, outcome: Outcome) => void): () => void;
  /** Called after each push that brought new emails to an account. */
  onChanged(listener: (accountId: AccountId, types: readonly TypeName[]) => void): () => void;
  /** Called when the server says that something about whom one acts for changed: a mandate given, answered or ended. */
  onAccount(listener: () => void): () => void;
  /**
   * Called when the server says that records of `type` changed, one the store does not hold; and when that may not have
   * been heard.
   */
  onPushed(accountId: AccountId, type: string, listener: () => void): () => void;
  /**
   * Nothing is asked any more, `end` closes the session, and then all records are forgotten and the other tabs told.
   * Everything goes on where it returns false: the session could not be closed.
   */
  leave(end: () => Promise<boolean>): Promise<void>;
  /** The page became visible, or the browser says it is online. */
  wake(): void;
  close(): void;
}

export function createSync({ fetch, openStorage, channel, withPush }: SyncParts): Sync {
  const store = createStore();
  const client = createClient(fetch, renewSession);
  const connection = createConnection(() => client.openSession());
  const refreshes = new Set<() => void>();
  const fetching = new Map<string, Promise<void>>();
  const refusedListeners = new Set<(write: Write, outcome: Outcome) => void>();
  const accountListeners = new Set<() => void>();
  const pushedListeners = new Set<{
    readonly accountId: AccountId;
    readonly type: string;
    readonly listener: () => void;
  }>();
  const changedListeners = new Set<(accountId: AccountId, types: readonly TypeName[]) => void>();
  const outboxListeners = new Set<() => void>();
  const statusListeners = new Set<() => void>();
  let status: Status = { kind: 'starting' };
  let outbox: Outbox | undefined;
  let outboxUser: string | undefined;

  const push = createPush({
    url: () => client.session()?.eventSourceUrl,
    onChange: (changed) => {
      void hear(changed);
      for (const { accountId, type, listener } of pushedListeners)
        if (changed[accountId]?.[type] !== undefined) listener();
      if (Object.values(changed).some((states) => states['Account'] !== undefined)) void hearOfAccounts();
    },
    onReconnect: missed,
    onDown: () => connection.line() === 'online' && void client.openSession().catch(connection.report),
  });

  async function start(): Promise<Session> {
    const session = await client.openSession();
    connection.up();
    if (outboxUser !== session.userName) {
      // Another person at the same screen must not see, nor send, what the former left.
      if (outboxUser !== undefined) store.clear();
      outboxUser = session.userName;
      outbox = createOutbox({
        client,
        store,
        connection,
        storage: openStorage(session.userName),
        onLaid: (write) => channel?.postMessage({ kind: 'laid', write } satisfies TabMessage),
        onSettled: settled,
      });
      outbox.subscribe(() => {
        for (const listener of outboxListeners) listener();
      });
      void outbox.resume();
    }
    if (withPush) {
      push.close();
      push.open();
    }
    return session;
  }

  async function begin(): Promise<void> {
    for (;;) {
      try {
        return become({ kind: 'working', session: await start() });
      } catch (error) {
        if (error instanceof LoggedOut) return become({ kind: 'loggedOut' });
        if (!(error instanceof Unreachable)) throw error;
        connection.report(error);
        await connection.whenOnline();
      }
    }
  }

  function forget(): void {
    store.clear();
    outboxUser = undefined;
    outbox = undefined;
    become({ kind: 'loggedOut' });
    channel?.postMessage({ kind: 'loggedOut' } satisfies TabMessage);
  }

  function become(next: Status): void {
    status = next;
    for (const listener of statusListeners) listener();
  }

  /** Accounts come and go while one works: the screen follows. */
  function renewSession(session: Session): void {
    if (status.kind !== 'working' || status.session.state === session.state) return;
    become({ kind: 'working', session });
    if (!withPush) return;
    push.close();
    push.open();
  }

  async function hearOfAccounts(): Promise<void> {
    await client.openSession().catch(connection.report);
    for (const listener of accountListeners) listener();
  }

  function settled(write: Write, outcome: Outcome): void {
    channel?.postMessage({ kind: 'settled', write } satisfies TabMessage);
    if (Object.keys(outcome.refused).length > 0) for (const listener of refusedListeners) listener(write, outcome);
    if (!withPush) void hear({ [write.accountId]: { [write.type]: '' } });
  }

  /** One catch-up at a time for each account and type; a change heard meanwhile makes it run once more. */
  const running = new Map<string, { again: boolean }>();
  async function follow(accountId: AccountId, type: TypeName): Promise<void> {
    const key = `${accountId} ${type}`;
    const current = running.get(key);
    if (current) {
      current.again = true;
      return;
    }
    const job = { again: false };
    running.set(key, job);
    try {
      do {
        job.again = false;
        await outbox?.whenIdle();
        await connection.persist(() => catchUp(client, store, accountId, type));
      } while (job.again);
    } finally {
      running.delete(key);
    }
  }

  async function hear(changed: StateChange): Promise<void> {
    const accounts = client.session()?.accounts ?? [];
    for (const { id: accountId } of accounts) {
      const states = changed[accountId];
      if (!states) continue;
      const types = Object.keys(states)
        .filter(isTypeName)
        .filter((type) => {
          const held = store.state(accountId, type);
          return held !== undefined && held !== states[type];
        });
      if (types.length === 0) continue;
      await Promise.all(types.map((type) => follow(accountId, type))).catch(() => undefined);
      if (types.includes('Email')) for (const refresh of refreshes) refresh();
      for (const listener of changedListeners) listener(accountId, types);
    }
  }

  /** Asks for everything we hold: after a silence we do not know what was said. */
  function catchUpAll(): Promise<void> {
    const all: Record<string, Record<string, string>> = {};
    for (const { id } of client.session()?.accounts ?? [])
      all[id] = Object.fromEntries(typeNames.map((type) => [type, '']));
    return hear(all);
  }

  function missed(): void {
    void catchUpAll();
    for (const { listener } of pushedListeners) listener();
  }

  connection.subscribe(() => {
    if (connection.line() !== 'online') return;
    if (withPush) push.open();
    void catchUpAll();
  });

  channel?.addEventListener('message', (event: MessageEvent<TabMessage>) => {
    const message = event.data;
    switch (message.kind) {
      case 'laid':
        store.lay(message.write);
        break;
      case 'settled':
        void hear({ [message.write.accountId]: { Email: '', Mailbox: '', Thread: '' } }).then(() =>
          store.lift(message.write.id),
        );
        break;
      case 'loggedOut':
        void client.openSession().catch(connection.report);
        break;
    }
  });

  return {
    client,
    store,
    connection,
    start,
    begin,
    status: () => status,
    subscribeStatus(listener) {
      statusListeners.add(listener);
      return () => statusListeners.delete(listener);
    },
    session: () => client.session(),
    mutate(parts) {
      if (!outbox) return Promise.reject(new Error('mutate before start'));
      const write = { create: {}, update: {}, destroy: [], options: {}, ...parts, id: crypto.randomUUID() };
      return outbox.send(write);
    },
    waitingWrites: () => outbox?.waitingCount() ?? 0,
    subscribeWrites(listener) {
      outboxListeners.add(listener);
      return () => outboxListeners.delete(listener);
    },
    async ensure(accountId, type, ids) {
      const missing = ids.filter((id) => !store.confirmed(accountId, type, id));
      if (missing.length > 0) await connection.persist(() => fetchRecords(client, store, accountId, type, missing));
    },
    ensureAll(accountId, type) {
      if (store.state(accountId, type) !== undefined) return Promise.resolve();
      const key = `${accountId} ${type}`;
      const running = fetching.get(key) ?? connection.persist(() => fetchAll(client, store, accountId, type));
      fetching.set(key, running);
      return running.finally(() => fetching.delete(key));
    },
    openEmailQuery(spec) {
      const parts = {
        client,
        store,
        connection,
        onOpen: (refresh: () => void) => void refreshes.add(refresh),
        onClose: (refresh: () => void) => void refreshes.delete(refresh),
      };
      return createEmailQuery(parts, spec);
    },
    downloadUrl: (accountId, blobId, name, type) =>
      expand(client.session()?.downloadUrl ?? '', { accountId, blobId, name, type }),
    uploadUrl: (accountId) => expand(client.session()?.uploadUrl ?? '', { accountId }),
    onRefused(listener) {
      refusedListeners.add(listener);
      return () => refusedListeners.delete(listener);
    },
    onChanged(listener) {
      changedListeners.add(listener);
      return () => changedListeners.delete(listener);
    },
    onAccount(listener) {
      accountListeners.add(listener);
      return () => accountListeners.delete(listener);
    },
    onPushed(accountId, type, listener) {
      const one = { accountId, type, listener };
      pushedListeners.add(one);
      return () => pushedListeners.delete(one);
    },
    async leave(end) {
      push.close();
      client.hold();
      const hasEnded = await end();
      if (hasEnded) forget();
      else if (withPush) push.open();
      client.release(hasEnded);
    },
    wake() {
      connection.hint();
      if (connection.line() === 'online' && client.session()) missed();
    },
    close() {
      push.close();
      connection.close();
      channel?.close();
    },
  };
}
