/** The order of mailboxes: those with a role first, as people expect them, then the others by order and name. */
import { localeTag } from '#web/words/language.ts';
import type { Mailbox } from '#web/sync/records.ts';

export interface MailboxNode {
  readonly mailbox: Mailbox;
  readonly children: readonly MailboxNode[];
}

const roleOrder = [
  'inbox',
  'flagged',
  'important',
  'snoozed',
  'drafts',
  'sent',
  'scheduled',
  'archive',
  'all',
  'junk',
  'trash',
];

/** A mailbox whose parent is not among them stands at the top: it must not vanish. */
export function mailboxTree(mailboxes: readonly Mailbox[]): readonly MailboxNode[] {
  const known = new Set(mailboxes.map(({ id }) => id));
  const byParent = Map.groupBy(mailboxes, ({ parentId }) =>
    parentId !== null && known.has(parentId) ? parentId : null,
  );
  const collator = new Intl.Collator(localeTag(), { numeric: true });
  const rank = ({ role }: Mailbox) => {
    const at = role === null ? -1 : roleOrder.indexOf(role);
    return at < 0 ? roleOrder.length : at;
  };
  const under = (parentId: string | null): readonly MailboxNode[] =>
    [...(byParent.get(parentId) ?? [])]
      .sort((a, b) => rank(a) - rank(b) || a.sortOrder - b.sortOrder || collator.compare(a.name, b.name))
      .map((mailbox) => ({ mailbox, children: under(mailbox.id) }));
  return under(null);
}

/** All nodes in order with their depth from 0. */
export function flatten(
  nodes: readonly MailboxNode[],
  depth = 0,
): readonly { readonly mailbox: Mailbox; readonly depth: number }[] {
  return nodes.flatMap(({ mailbox, children }) => [{ mailbox, depth }, ...flatten(children, depth + 1)]);
}

/** Whether `id` is `ancestorId` or lies under it. */
export function isWithin(id: string, ancestorId: string, mailboxes: readonly Mailbox[]): boolean {
  let at: string | null | undefined = id;
  for (let depth = 0; at !== null && at !== undefined && depth < 64; depth += 1) {
    if (at === ancestorId) return true;
    at = mailboxes.find((mailbox) => mailbox.id === at)?.parentId;
  }
  return false;
}
