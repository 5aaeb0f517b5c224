/**
 * Copies of what is being written in this browser's IndexedDB, one per composer, put at each change: a tab that dies
 * loses nothing. Each tab holds a Web Lock while it lives; copies whose tab is gone are offered at the next start.
 */
import { openDB } from 'idb';
import type { DBSchema } from 'idb';
import { asAccountId } from '#web/sync/records.ts';
import type { AccountId } from '#web/sync/records.ts';
import type { Json } from '#web/sync/shape.ts';
import { unpackDraft } from './draft.ts';
import type { Draft } from './draft.ts';

export interface LocalCopy {
  readonly id: string;
  readonly accountId: AccountId;
  readonly draft: Draft;
  readonly storedId: string | undefined;
  readonly messageId: string;
  /** The server has all of it. */
  readonly isSaved: boolean;
  readonly atMs: number;
}

interface Row {
  readonly id: string;
  readonly accountId: string;
  readonly userName: string;
  readonly tab: string;
  readonly draft: Json;
  readonly storedId: string | null;
  readonly messageId: string;
  readonly isSaved: boolean;
  readonly atMs: number;
}

interface Schema extends DBSchema {
  drafts: { key: string; value: Row };
}

/** Says to the next page, before the composer is loaded, that there may be something to take up (see composeRequests). */
const flagKey = 'pli.compose.kept';

const tab = `pli-compose-${crypto.randomUUID()}`;
const locks: LockManager | undefined = globalThis.isSecureContext ? navigator.locks : undefined;
void locks?.request(tab, () => new Promise(() => undefined));

/** One connection, opened when first needed; without IndexedDB every call does nothing. */
let opened: ReturnType<typeof open> | undefined;
const open = () =>
  openDB<Schema>('pli-compose', 1, {
    upgrade: (db) => {
      db.createObjectStore('drafts', { keyPath: 'id' });
    },
  });
const database = () => (opened ??= open());

export async function keepLocally(
  userName: string,
  copy: Omit<LocalCopy, 'draft' | 'atMs'> & { readonly packed: Json },
): Promise<void> {
  const { packed, storedId, ...rest } = copy;
  try {
    localStorage.setItem(flagKey, '1');
    const row: Row = { ...rest, draft: packed, storedId: storedId ?? null, userName, tab, atMs: Date.now() };
    await (await database()).put('drafts', row);
  } catch {
    // Storage is full or forbidden: the server's copy is the one that counts.
  }
}

export async function forgetLocally(id: string): Promise<void> {
  try {
    const db = await database();
    await db.delete('drafts', id);
    if ((await db.count('drafts')) === 0) localStorage.removeItem(flagKey);
  } catch {
    // As above.
  }
}

/** Copies of this person that no living tab is writing, newest first. */
export async function leftCopies(userName: string): Promise<readonly LocalCopy[]> {
  try {
    const held = await locks?.query();
    const living = new Set([tab, ...(held?.held ?? []).map((lock) => lock.name ?? '')]);
    const rows = await (await database()).getAll('drafts');
    return rows
      .filter((row) => row.userName === userName && !living.has(row.tab))
      .toSorted((a, b) => b.atMs - a.atMs)
      .flatMap(readRow);
  } catch {
    return [];
  }
}

function readRow(row: Row): readonly LocalCopy[] {
  try {
    const { id, messageId, isSaved, atMs } = row;
    return [
      {
        id,
        messageId,
        isSaved,
        atMs,
        accountId: asAccountId(row.accountId),
        storedId: row.storedId ?? undefined,
        draft: unpackDraft(row.draft),
      },
    ];
  } catch {
    // Of another version of the client, and not readable: the server's copy remains.
    return [];
  }
}
