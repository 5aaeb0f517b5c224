/**
 * What an export writes: mailboxes with the names that every importer knows, and their emails one by one, in the order
 * of their uids. Memory stays bounded by one message; what changes meanwhile is in it or not.
 */
import { readStoredEnvelope } from '#formats/message/packenvelope.ts';
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import { safeName } from '#server/mail/emails/zip.ts';
import { wordsOf } from '#server/mail/keywords.ts';
import { listMailboxes, type Mailbox } from '#server/mail/mailboxes/list.ts';
import { usualNames } from '#server/mail/mailboxes/role.ts';
import { shownTo } from '#server/mail/personal/shown.ts';
import { openBlob } from '#server/store/blobs/store.ts';
import type { AccountId, MailboxId, TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { selectExportPage, selectOwner } from './queries.ts';

export interface ExportFolder {
  readonly mailboxId: MailboxId;
  /** From the top, fit for file names, no two folders alike. */
  readonly names: readonly string[];
  readonly totalEmails: number;
}

export interface ExportPlan {
  readonly accountId: AccountId;
  readonly tenantId: TenantId;
  readonly email: string;
  readonly folders: readonly ExportFolder[];
}

export interface ExportedEmail {
  readonly uid: number;
  readonly octets: Uint8Array;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** RFC 8621 §4.1.1. */
  readonly keywords: readonly string[];
  readonly subject: string;
}

/** Whatever the mailbox is called here: a name says the role to who reads the export. */
const nameOfRole: typeof usualNames = { ...usualNames, inbox: 'INBOX' };

/**
 * @param mailboxId only this one.
 * @throws {Refusal} `noSuchAccount`, `noSuchMailbox`.
 */
export async function planExport(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  mailboxId?: MailboxId,
): Promise<ExportPlan> {
  const { mailboxes } = await listMailboxes(store, actor, accountId);
  const owner = await read(store, (tx) => selectOwner(tx, accountId));
  if (!owner) throw new Refusal('noSuchAccount');
  const all = nameFolders(mailboxes);
  const folders = mailboxId === undefined ? all : all.filter((folder) => folder.mailboxId === mailboxId);
  if (mailboxId !== undefined && folders.length === 0) throw new Refusal('noSuchMailbox');
  return { accountId, ...owner, folders };
}

function nameFolders(mailboxes: readonly Mailbox[]): readonly ExportFolder[] {
  const byId = new Map(mailboxes.map((mailbox) => [mailbox.id, mailbox]));
  const names = new Map<MailboxId, readonly string[]>();
  const taken = new Set<string>();
  // Those with a role keep their name; the others make way.
  const inOrder = mailboxes.toSorted((a, b) => Number(a.role === null) - Number(b.role === null));
  const nameOf = (mailbox: Mailbox): readonly string[] => {
    const known = names.get(mailbox.id);
    if (known) return known;
    const parent = mailbox.parentId === null ? undefined : byId.get(mailbox.parentId);
    const above = parent ? nameOf(parent) : [];
    const own = mailbox.role === null ? safeName(mailbox.name) || '_' : nameOfRole[mailbox.role];
    let unique = [...above, own];
    for (let n = 2; taken.has(unique.join('/').toLowerCase()); n += 1) unique = [...above, `${own} (${n})`];
    taken.add(unique.join('/').toLowerCase());
    names.set(mailbox.id, unique);
    return unique;
  };
  for (const mailbox of inOrder) nameOf(mailbox);
  return mailboxes.map((mailbox) => ({
    mailboxId: mailbox.id,
    names: nameOf(mailbox),
    totalEmails: mailbox.totalEmails,
  }));
}

const emailsPerPage = 200;

/** The emails of one folder. Rights are asked anew for each page. @throws {Refusal} `noSuchAccount`. */
export async function* exportEmails(
  store: Store,
  actor: Actor,
  { accountId, tenantId }: ExportPlan,
  { mailboxId }: ExportFolder,
): AsyncGenerator<ExportedEmail> {
  for (let after = 0; ;) {
    const page = await read(store, async (tx) => {
      const { reader } = await requireRight(tx, actor, accountId, 'read', store.now());
      const found = await selectExportPage(tx, { accountId, tenantId, mailboxId }, after, emailsPerPage);
      return shownTo(tx, accountId, reader, found);
    });
    for (const { uid, hash, receivedAt, keywords, envelope } of page) {
      after = uid;
      const blob = await openBlob(store, tenantId, hash);
      // Destroyed meanwhile, and collected.
      if (!blob) continue;
      const octets = await blob.bytes();
      const subject = envelope === null ? '' : (readStoredEnvelope(JSON.parse(envelope)).subject ?? '');
      yield { uid, octets, receivedAt, keywords: wordsOf(keywords), subject };
    }
    if (page.length < emailsPerPage) return;
  }
}
