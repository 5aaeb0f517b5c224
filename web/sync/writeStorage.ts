/**
 * Keeps waiting writes in IndexedDB, shared by the tabs of one browser and kept apart per user. Each tab holds a Web
 * Lock as long as it lives; the writes of a tab whose lock is free are adopted by the next page that opens.
 */
import { openDB } from 'idb';
import type { DBSchema } from 'idb';
import type { WriteStorage } from './outbox.ts';
import type { Write } from './store.ts';

interface Schema extends DBSchema {
  writes: {
    key: string;
    value: { readonly write: Write; readonly tab: string; readonly userName: string; readonly at: number };
  };
}

const tab = `pli-tab-${crypto.randomUUID()}`;

/** Browsers give locks to secure pages only; elsewhere every write left over counts as nobody's. */
const locks: LockManager | undefined = globalThis.isSecureContext ? navigator.locks : undefined;
void locks?.request(tab, () => new Promise(() => undefined));

export function openWriteStorage(userName: string): WriteStorage {
  const opened = openDB<Schema>('pli', 1, {
    upgrade: (db) => {
      db.createObjectStore('writes');
    },
  });
  return {
    async put(write) {
      const db = await opened;
      await db.put('writes', { write, tab, userName, at: Date.now() }, write.id);
    },
    async remove(writeId) {
      const db = await opened;
      await db.delete('writes', writeId);
    },
    async adopt() {
      const held = await locks?.query();
      const living = new Set((held?.held ?? []).map((lock) => lock.name));
      const db = await opened;
      const change = db.transaction('writes', 'readwrite');
      const orphans = (await change.store.getAll()).filter((it) => it.userName === userName && !living.has(it.tab));
      orphans.sort((a, b) => a.at - b.at);
      for (const orphan of orphans) await change.store.put({ ...orphan, tab }, orphan.write.id);
      await change.done;
      return orphans.map((orphan) => orphan.write);
    },
  };
}

/** Where nothing can be kept (private windows of some browsers, tests): writes live as long as the page. */
export function memoryWriteStorage(): WriteStorage {
  return { put: () => Promise.resolve(), remove: () => Promise.resolve(), adopt: () => Promise.resolve([]) };
}
