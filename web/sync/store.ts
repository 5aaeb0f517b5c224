/**
 * The one place where records are kept: per account and type, what the server `confirmed` and, over it, the writes that
 * still wait. Readers always see the one laid over the other, and get the same object until something changes it.
 * A refused write is lifted off; nothing is ever undone by hand.
 */
import { applyPatch, readers, typeNames } from './records.ts';
import type { AccountId, Mailbox, Patch, Records, TypeName } from './records.ts';
import { isObject } from './shape.ts';
import type { JsonObject } from './shape.ts';

/** One /set call that waits for the server (RFC 8620 §5.3). Durable: it must survive as JSON. */
export interface Write {
  readonly id: string;
  readonly accountId: AccountId;
  readonly type: 'Email' | 'Mailbox' | 'Identity';
  readonly create: Readonly<Record<string, JsonObject>>;
  readonly update: Readonly<Record<string, Patch>>;
  readonly destroy: readonly string[];
  /** Further arguments of the call, such as onDestroyRemoveEmails. */
  readonly options: JsonObject;
}

export interface RecordStore {
  get<T extends TypeName>(accountId: AccountId, type: T, id: string): Records[T] | undefined;
  /** Every record of the type, laid over; the same array until one of them changes. */
  all<T extends TypeName>(accountId: AccountId, type: T): readonly Records[T][];
  confirmed<T extends TypeName>(accountId: AccountId, type: T, id: string): Records[T] | undefined;
  confirm<T extends TypeName>(accountId: AccountId, type: T, records: readonly Records[T][]): void;
  forget(accountId: AccountId, type: TypeName, ids: readonly string[]): void;
  /** Ids of the confirmed records. */
  ids(accountId: AccountId, type: TypeName): readonly string[];
  state(accountId: AccountId, type: TypeName): string | undefined;
  setState(accountId: AccountId, type: TypeName, state: string | undefined): void;
  lay(write: Write): void;
  lift(writeId: string): void;
  /** Runs `work` and tells listeners once, after it. */
  together(work: () => void): void;
  subscribe(accountId: AccountId, type: TypeName, listener: () => void): () => void;
  clear(): void;
}

interface Table<T extends TypeName> {
  readonly confirmed: Map<string, Records[T]>;
  readonly shown: Map<string, Records[T] | undefined>;
  all: readonly Records[T][] | undefined;
  state: string | undefined;
  readonly listeners: Set<() => void>;
}
type Tables = { readonly [T in TypeName]: Table<T> };

interface Laid {
  readonly write: Write;
  /** What the write does to the counts of mailboxes, until the server says it itself. */
  readonly counts: ReadonlyMap<string, Counts>;
}
interface Counts {
  total: number;
  unread: number;
}

export function createStore(): RecordStore {
  const accounts = new Map<AccountId, Tables>();
  const laid = new Map<string, Laid>();
  let depth = 0;
  const touched = new Set<() => void>();

  function table<T extends TypeName>(accountId: AccountId, type: T): Table<T> {
    let tables = accounts.get(accountId);
    if (!tables) {
      tables = { Email: empty(), Mailbox: empty(), Thread: empty(), Identity: empty(), Quota: empty() };
      accounts.set(accountId, tables);
    }
    return tables[type];
  }

  function together(work: () => void): void {
    depth += 1;
    try {
      work();
    } finally {
      depth -= 1;
      if (depth === 0) {
        const listeners = [...touched];
        touched.clear();
        for (const listener of listeners) listener();
      }
    }
  }

  function touch(accountId: AccountId, type: TypeName, ids: Iterable<string>): void {
    together(() => {
      const { shown, listeners } = table(accountId, type);
      for (const id of ids) shown.delete(id);
      table(accountId, type).all = undefined;
      for (const listener of listeners) touched.add(listener);
    });
  }

  function get<T extends TypeName>(accountId: AccountId, type: T, id: string): Records[T] | undefined {
    const { shown, confirmed } = table(accountId, type);
    if (shown.has(id)) return shown.get(id);
    const record = layOver(accountId, type, id, confirmed.get(id));
    shown.set(id, record);
    return record;
  }

  function layOver<T extends TypeName>(accountId: AccountId, type: T, id: string, confirmed: Records[T] | undefined) {
    let record = confirmed;
    for (const { write, counts } of laid.values()) {
      if (write.accountId !== accountId) continue;
      const count = type === 'Mailbox' ? counts.get(id) : undefined;
      if (count && record) record = readers[type](counted(record, count));
      if (write.type !== type) continue;
      const made = write.create[id];
      if (made) record = readers[type]({ ...made, id });
      const patch = write.update[id];
      if (patch && record) record = readers[type](applyPatch(record, patch));
      if (write.destroy.includes(id)) record = undefined;
    }
    return record;
  }

  function all<T extends TypeName>(accountId: AccountId, type: T): readonly Records[T][] {
    const it = table(accountId, type);
    if (it.all) return it.all;
    const made = [...laid.values()].flatMap(({ write }) =>
      write.accountId === accountId && write.type === type ? Object.keys(write.create) : [],
    );
    const records = [...it.confirmed.keys(), ...made].map((id) => get(accountId, type, id));
    it.all = records.filter((record) => record !== undefined);
    return it.all;
  }

  function touchWrite({ write, counts }: Laid): void {
    together(() => {
      touch(write.accountId, write.type, [
        ...Object.keys(write.create),
        ...Object.keys(write.update),
        ...write.destroy,
      ]);
      if (counts.size > 0) touch(write.accountId, 'Mailbox', counts.keys());
    });
  }

  return {
    get,
    all,
    together,
    confirmed: (accountId, type, id) => table(accountId, type).confirmed.get(id),
    confirm(accountId, type, records) {
      const { confirmed } = table(accountId, type);
      for (const record of records) confirmed.set(record.id, record);
      touch(
        accountId,
        type,
        records.map((record) => record.id),
      );
    },
    forget(accountId, type, ids) {
      const { confirmed } = table(accountId, type);
      for (const id of ids) confirmed.delete(id);
      touch(accountId, type, ids);
    },
    ids: (accountId, type) => [...table(accountId, type).confirmed.keys()],
    state: (accountId, type) => table(accountId, type).state,
    setState(accountId, type, state) {
      table(accountId, type).state = state;
    },
    lay(write) {
      const counts =
        write.type === 'Email' ? countChanges(write, (id) => get(write.accountId, 'Email', id)) : new Map();
      const entry = { write, counts };
      laid.set(write.id, entry);
      touchWrite(entry);
    },
    lift(writeId) {
      const entry = laid.get(writeId);
      if (!entry) return;
      laid.delete(writeId);
      touchWrite(entry);
    },
    subscribe(accountId, type, listener) {
      const { listeners } = table(accountId, type);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clear() {
      laid.clear();
      together(() => {
        for (const accountId of accounts.keys()) {
          for (const type of typeNames) {
            const it = table(accountId, type);
            it.confirmed.clear();
            it.shown.clear();
            it.state = undefined;
            touch(accountId, type, []);
          }
        }
      });
    },
  };
}

function empty<T extends TypeName>(): Table<T> {
  return { confirmed: new Map(), shown: new Map(), all: undefined, state: undefined, listeners: new Set() };
}

/** What a write on emails does to the mailboxes they are and will be in. */
function countChanges(write: Write, find: (id: string) => Records['Email'] | undefined): ReadonlyMap<string, Counts> {
  const counts = new Map<string, Counts>();
  const add = (email: Records['Email'], sign: 1 | -1) => {
    for (const mailboxId of Object.keys(email.mailboxIds)) {
      const count = counts.get(mailboxId) ?? { total: 0, unread: 0 };
      count.total += sign;
      if (!email.keywords['$seen']) count.unread += sign;
      counts.set(mailboxId, count);
    }
  };
  for (const id of [...Object.keys(write.update), ...write.destroy]) {
    const before = find(id);
    if (!before) continue;
    add(before, -1);
    const patch = write.update[id];
    if (patch) add(readers.Email(applyPatch(before, patch)), 1);
  }
  return counts;
}

function counted(record: object, { total, unread }: Counts): Partial<Mailbox> {
  const count = (value: unknown, change: number) => Math.max(0, (typeof value === 'number' ? value : 0) + change);
  const mailbox: Readonly<Record<string, unknown>> = isObject(record) ? record : {};
  return {
    ...mailbox,
    totalEmails: count(mailbox['totalEmails'], total),
    unreadEmails: count(mailbox['unreadEmails'], unread),
  };
}
