/** Mailboxes by what people and filters call them, without making any: a path from the top, a role, an id. */
import type { AccountId, MailboxId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { type MailboxRole, selectMailboxes } from './queries.ts';

export interface Places {
  byId(id: number): MailboxId | undefined;
  byRole(role: string): MailboxId | undefined;
  /** `Classes/4e B`; `INBOX`, however written, is the inbox (RFC 9051 §5.1). */
  byPath(path: string): MailboxId | undefined;
  roleOf(id: MailboxId): MailboxRole | null;
}

/** The account's mailboxes as they are now. */
export async function mailboxPlaces(tx: Tx, accountId: AccountId): Promise<Places> {
  const mailboxes = await selectMailboxes(tx, accountId);
  const inbox = mailboxes.find(({ role }) => role === 'inbox');
  return {
    byId: (id) => mailboxes.find((each) => each.id === id)?.id,
    byRole: (role) => mailboxes.find((each) => each.role === role)?.id,
    roleOf: (id) => mailboxes.find((each) => each.id === id)?.role ?? null,
    byPath(path) {
      const [first = '', ...rest] = mailboxPath(path);
      const child = (parentId: MailboxId | null, name: string): MailboxId | undefined =>
        mailboxes.find((each) => each.parentId === parentId && each.name === name)?.id;
      const top = isInbox(first) ? inbox?.id : child(null, first);
      return rest.reduce<MailboxId | undefined>((at, name) => (at === undefined ? undefined : child(at, name)), top);
    },
  };
}

/** The names of a path, from the top. */
export function mailboxPath(path: string): readonly string[] {
  return path
    .normalize('NFC')
    .split('/')
    .filter((name) => name !== '');
}

export function isInbox(name: string): boolean {
  return name.toLowerCase() === 'inbox';
}
