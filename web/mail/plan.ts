/**
 * What an action does to emails, as JMAP patches, and what undoes it. Pure: the screens gather the emails, the sync
 * engine sends the patches.
 */
import { escapePath } from '#web/sync/records.ts';
import type { Email, Patch } from '#web/sync/records.ts';

export type Updates = Readonly<Record<string, Patch>>;

/** Sets or clears a keyword where that changes something. */
export function planKeyword(emails: readonly Email[], keyword: string, isOn: boolean): Updates {
  const path = `keywords/${escapePath(keyword)}`;
  return updates(emails, (email) => ((email.keywords[keyword] === true) === isOn ? {} : { [path]: isOn || null }));
}

/** Takes emails out of `fromId` (or, where that is undefined, out of every mailbox) and into `toId`. */
export function planMove(emails: readonly Email[], fromId: string | undefined, toId: string): Updates {
  return updates(emails, (email) => {
    const patch: Record<string, true | null> = {};
    for (const id of Object.keys(email.mailboxIds)) {
      if (id !== toId && (fromId === undefined || id === fromId)) patch[`mailboxIds/${escapePath(id)}`] = null;
    }
    if (!email.mailboxIds[toId]) patch[`mailboxIds/${escapePath(toId)}`] = true;
    return patch;
  });
}

/** Junk: moved, and marked so that filters learn (RFC 8621 §4.1.1 names the keywords). */
export function planJunk(emails: readonly Email[], toId: string, isJunk: boolean): Updates {
  const moved = planMove(emails, undefined, toId);
  return updates(emails, (email) => ({
    ...moved[email.id],
    ...mark(email, '$junk', isJunk),
    ...mark(email, '$notjunk', !isJunk),
  }));
}

function mark(email: Email, keyword: string, isOn: boolean): Patch {
  return (email.keywords[keyword] === true) === isOn ? {} : { [`keywords/${keyword}`]: isOn || null };
}

/** The patches that bring the emails back to what they are now. */
export function planUndo(emails: readonly Email[], done: Updates): Updates {
  return updates(emails, (email) => {
    const back: Record<string, true | null> = {};
    for (const path of Object.keys(done[email.id] ?? {})) {
      const [property, name] = path.split(/\/(.*)/s);
      const names = property === 'keywords' ? email.keywords : email.mailboxIds;
      const plain = (name ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
      back[path] = names[plain] ? true : null;
    }
    return back;
  });
}

function updates(emails: readonly Email[], patchOf: (email: Email) => Patch): Updates {
  const all: Record<string, Patch> = {};
  for (const email of emails) {
    const patch = patchOf(email);
    if (Object.keys(patch).length > 0) all[email.id] = patch;
  }
  return all;
}

/** Cuts updates into pieces that the server takes in one call (RFC 8620 §2, maxObjectsInSet). */
export function inPieces(all: Updates, size: number): readonly Updates[] {
  const entries = Object.entries(all);
  return Array.from({ length: Math.ceil(entries.length / size) }, (_, n) =>
    Object.fromEntries(entries.slice(n * size, (n + 1) * size)),
  );
}
