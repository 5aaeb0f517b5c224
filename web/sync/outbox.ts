/**
 * The writes that wait for the server, in the order they were made. A write is on the screen at once, on disk before it
 * is sent, and leaves both when the server has answered; a page that dies loses none, the next one sends them.
 */
import { LoggedOut, MethodRefused, NotNow, RequestRefused, Unreachable } from './errors.ts';
import type { Client } from './client.ts';
import type { Connection } from './connection.ts';
import { applyPatch, readers } from './records.ts';
import type { RecordStore, Write } from './store.ts';
import { isObject, object, textOr } from './shape.ts';

/** What the server said to one write. `refused` maps record or creation ids to the type of their SetError (RFC 8620 §5.3). */
export interface Outcome {
  readonly created: Readonly<Record<string, string>>;
  readonly refused: Readonly<Record<string, string>>;
}

export interface WriteStorage {
  put(write: Write): Promise<void>;
  remove(writeId: string): Promise<void>;
  /** The writes that no living page is sending, oldest first; from now on they are this page's. */
  adopt(): Promise<readonly Write[]>;
}

export interface Outbox {
  /** Shows the write and sends it when its turn comes. The promise waits for the server, however long that takes. */
  send(write: Write): Promise<Outcome>;
  /** Takes over what an earlier page left. */
  resume(): Promise<void>;
  waitingCount(): number;
  subscribe(listener: () => void): () => void;
  /** Resolves when nothing waits: changes are read only then, so that a count is never shown twice. */
  whenIdle(): Promise<void>;
}

export interface OutboxParts {
  readonly client: Client;
  readonly store: RecordStore;
  readonly connection: Connection;
  readonly storage: WriteStorage;
  readonly onLaid: (write: Write) => void;
  readonly onSettled: (write: Write, outcome: Outcome) => void;
}

interface Entry {
  readonly write: Write;
  readonly resolve: (outcome: Outcome) => void;
}

export function createOutbox({ client, store, connection, storage, onLaid, onSettled }: OutboxParts): Outbox {
  const queue: Entry[] = [];
  const listeners = new Set<() => void>();
  let isSending = false;
  let isPausing = false;
  let idle: (() => void)[] = [];

  const tell = () => {
    for (const listener of listeners) listener();
  };

  async function run(): Promise<void> {
    if (isSending) return;
    isSending = true;
    for (let entry = queue[0]; entry; entry = queue[0]) {
      const { write } = entry;
      const outcome = await deliver(write);
      queue.shift();
      await storage.remove(write.id).catch(() => undefined);
      onSettled(write, outcome);
      entry.resolve(outcome);
      tell();
    }
    isSending = false;
    releaseIdle();
  }

  function releaseIdle(): void {
    const released = idle;
    idle = [];
    for (const release of released) release();
  }

  /** A server under maintenance is read from meanwhile: nothing is on its way while one waits for it to take writes. */
  async function deliver(write: Write): Promise<Outcome> {
    for (;;) {
      try {
        return await connection.persist(() => post(client, store, write));
      } catch (error) {
        if (!(error instanceof NotNow)) throw error;
        isPausing = true;
        releaseIdle();
        await connection.later();
        isPausing = false;
      }
    }
  }

  function enqueue(write: Write): Promise<Outcome> {
    return new Promise((resolve) => {
      queue.push({ write, resolve });
      tell();
      void run();
    });
  }

  return {
    async send(write) {
      store.lay(write);
      onLaid(write);
      await storage.put(write).catch(() => undefined);
      return enqueue(write);
    },
    async resume() {
      const writes = await storage.adopt().catch(() => []);
      for (const write of writes) {
        store.lay(write);
        void enqueue(write);
      }
    },
    waitingCount: () => queue.length,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    whenIdle: () =>
      isPausing || (queue.length === 0 && !isSending)
        ? Promise.resolve()
        : new Promise((resolve) => idle.push(resolve)),
  };
}

/** Sends one write; the mailboxes' new counts come back in the same answer, so that the screen changes once. */
async function post(client: Client, store: RecordStore, write: Write): Promise<Outcome> {
  const { accountId, type } = write;
  const set = {
    accountId,
    ...write.options,
    ...(Object.keys(write.create).length > 0 && { create: write.create }),
    ...(Object.keys(write.update).length > 0 && { update: write.update }),
    ...(write.destroy.length > 0 && { destroy: write.destroy }),
  };
  try {
    const counts = type === 'Email' ? [['Mailbox/get', { accountId, ids: null }, 'counts'] as const] : [];
    const answers = await client.request([[`${type}/set`, set, 'set'], ...counts]);
    const answer = answers.of('set');
    const outcome = readOutcome(answer);
    store.together(() => {
      confirmWrite(store, write, answer, outcome);
      if (type === 'Email')
        store.confirm(accountId, 'Mailbox', readList(answers.of('counts')['list'], readers.Mailbox));
      store.lift(write.id);
    });
    return outcome;
  } catch (error) {
    if (error instanceof LoggedOut || error instanceof Unreachable || error instanceof NotNow) throw error;
    // Refused as a whole: by asking again it would only be refused again.
    store.lift(write.id);
    const type = error instanceof MethodRefused || error instanceof RequestRefused ? error.type : 'serverFail';
    const ids = [...Object.keys(write.create), ...Object.keys(write.update), ...write.destroy];
    return { created: {}, refused: Object.fromEntries(ids.map((id) => [id, type])) };
  }
}

function readList<T>(value: unknown, read: (item: unknown) => T): readonly T[] {
  return Array.isArray(value) ? value.map((item) => read(item)) : [];
}

function readOutcome(answer: Readonly<Record<string, unknown>>): Outcome {
  const refused: Record<string, string> = {};
  for (const part of ['notCreated', 'notUpdated', 'notDestroyed']) {
    for (const [id, error] of Object.entries(isObject(answer[part]) ? answer[part] : {})) {
      refused[id] = textOr(object(error)['type'], 'serverFail');
    }
  }
  const created: Record<string, string> = {};
  for (const [id, record] of Object.entries(isObject(answer['created']) ? answer['created'] : {})) {
    created[id] = textOr(object(record)['id'], '');
  }
  return { created, refused };
}

/** Makes what the server accepted part of the confirmed records, as it would say itself in the next /get. */
function confirmWrite(
  store: RecordStore,
  write: Write,
  answer: Readonly<Record<string, unknown>>,
  { refused, created }: Outcome,
): void {
  const { accountId, type } = write;
  const updated = isObject(answer['updated']) ? answer['updated'] : {};
  for (const [id, patch] of Object.entries(write.update)) {
    const before = store.confirmed(accountId, type, id);
    if (!before || refused[id]) continue;
    const further = updated[id];
    const after = { ...applyPatch(before, patch), ...(isObject(further) && further) };
    store.confirm(accountId, type, [readers[type](after)]);
  }
  for (const [creationId, id] of Object.entries(created)) {
    const made = object(answer['created'])[creationId];
    if (id) store.confirm(accountId, type, [readers[type]({ ...write.create[creationId], ...object(made) })]);
  }
  store.forget(
    accountId,
    type,
    write.destroy.filter((id) => refused[id] === undefined || refused[id] === 'notFound'),
  );
}
