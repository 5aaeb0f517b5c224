/** Email/set (RFC 8621 §4.6). */
import type { SetError } from '#formats/jmap/errors.ts';
import { printBlobId } from '#formats/jmap/id.ts';
import { isObject, type Json, type JsonObject } from '#formats/jmap/json.ts';
import type { Patch, PropertyPatch } from '#formats/jmap/patch.ts';
import { aUtcDate } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { Refusal } from '#server/access/refusal.ts';
import { changeEmails, type EmailChange, type SetChange } from '#server/mail/emails/change.ts';
import { composeEmail, MissingBlobs } from '#server/mail/emails/compose.ts';
import { destroyEmails } from '#server/mail/emails/destroy.ts';
import type { SavedEmail } from '#server/mail/emails/save.ts';
import { asMilliseconds, type EmailId, type MailboxId, type Milliseconds } from '#server/store/ids.ts';

import { type SetContext, SetFailure } from '#server/protocols/jmap/engine/context.ts';
import { saySetError } from '#server/protocols/jmap/engine/say.ts';
import type { Created, Destroyed, Updated } from '#server/protocols/jmap/engine/type.ts';
import { blobNotFound, readDraft } from './email-create.ts';
import { mailboxIds, threadIds } from './ids.ts';

export async function createEmail(ctx: SetContext, record: JsonObject): Promise<Created<EmailId>> {
  const { store, actor, accountId, house } = ctx;
  const { draft, blobIds } = readDraft(record, ctx.created, house.hostName, store.now());
  const given = receivedAtOf(record);
  const receivedAt = given ?? asMilliseconds(Math.floor(store.now() / 1000) * 1000);
  const saving = { ...placeOf(record), receivedAt, ifInState: ctx.ifInState };
  try {
    const saved = await composeEmail(store, actor, accountId, draft, saving);
    const properties = { ...printSaved(saved), ...(given === null && { receivedAt: printUtcDate(receivedAt) }) };
    return { id: saved.emailId, properties };
  } catch (error) {
    if (error instanceof MissingBlobs) throw blobNotFound(error.blobs.map((blob) => blobIds.get(blob) ?? ''));
    throw sayingOf(error);
  }
}

/** The server-set properties every way of making an email answers with. */
export function printSaved({ threadId, hash, sizeOctets }: SavedEmail): JsonObject {
  return {
    blobId: printBlobId({ kind: 'whole', hash }),
    threadId: threadIds.print(threadId),
    size: sizeOctets,
  };
}

/** Null where the client gave none. */
export function receivedAtOf(record: JsonObject): Milliseconds | null {
  const given = aUtcDate(record['receivedAt'] ?? null);
  return given === undefined ? null : asMilliseconds(given);
}

/**
 * Where a new email goes, and its keywords; checked to be sets already.
 * @throws {SetFailure} `invalidProperties` for a mailbox that cannot be, or none.
 */
export function placeOf(record: JsonObject): {
  readonly mailboxIds: readonly MailboxId[];
  readonly keywords: readonly string[];
} {
  const ids = mailboxesOf(namesOf(record['mailboxIds'] ?? null));
  if (!ids || ids.length === 0) throw badMailboxes();
  return { mailboxIds: ids, keywords: namesOf(record['keywords'] ?? null) };
}

function namesOf(set: Json): readonly string[] {
  return isObject(set) ? Object.keys(set) : [];
}

function mailboxesOf(texts: readonly string[]): readonly MailboxId[] | undefined {
  const ids = texts.map((text) => mailboxIds.read(text)).filter((id) => id !== undefined);
  return ids.length === texts.length ? ids : undefined;
}

function badMailboxes(): SetFailure {
  return new SetFailure({ type: 'invalidProperties', properties: ['mailboxIds'] });
}

export async function updateEmails(
  { store, actor, accountId, ifInState }: SetContext,
  updates: ReadonlyMap<EmailId, Patch>,
): Promise<ReadonlyMap<EmailId, Updated>> {
  const results = new Map<EmailId, Updated>();
  const changes: EmailChange[] = [];
  for (const [emailId, patch] of updates) {
    const change = changeOf(emailId, patch);
    if (change) changes.push(change);
    else results.set(emailId, { kind: 'refused', error: badMailboxes().error });
  }
  const refusals = await changeEmails(store, actor, accountId, changes, ifInState);
  for (const { emailId } of changes) {
    const refusal = refusals.get(emailId);
    results.set(
      emailId,
      refusal ? { kind: 'refused', error: emailError(refusal) } : { kind: 'updated', changed: null },
    );
  }
  return results;
}

/** Undefined where a mailbox it names cannot be. */
function changeOf(emailId: EmailId, patch: Patch): EmailChange | undefined {
  const keywords = patch.get('keywords');
  const mailboxes = patch.get('mailboxIds');
  const places = mailboxes && setChangeOf(mailboxes);
  const placesById = places && mapChange(places);
  if (places && !placesById) return undefined;
  return {
    emailId,
    ...(keywords && { keywords: setChangeOf(keywords) }),
    ...(placesById && { mailboxIds: placesById }),
  };
}

/** Entries are one level deep: the type's table said so. */
function setChangeOf(patch: PropertyPatch): SetChange<string> {
  if (patch.kind === 'replace') return { kind: 'replace', by: namesOf(patch.value) };
  const named = (isPresent: boolean) =>
    patch.entries.filter(({ value }) => (value === true) === isPresent).map(({ path }) => path[0] ?? '');
  return { kind: 'patch', add: named(true), remove: named(false) };
}

function mapChange(change: SetChange<string>): SetChange<MailboxId> | undefined {
  if (change.kind === 'replace') {
    const by = mailboxesOf(change.by);
    return by && { kind: 'replace', by };
  }
  const add = mailboxesOf(change.add);
  // An email cannot be in what cannot be: nothing to take it out of.
  const remove = change.remove.flatMap((text) => mailboxIds.read(text) ?? []);
  return add && { kind: 'patch', add, remove };
}

export async function destroyAllEmails(
  { store, actor, accountId, ifInState }: SetContext,
  ids: readonly EmailId[],
): Promise<ReadonlyMap<EmailId, Destroyed>> {
  const destroyed = await destroyEmails(store, actor, accountId, ids, ifInState);
  return new Map([...destroyed].map((id) => [id, { kind: 'destroyed' }]));
}

/** What making or changing an email is refused for, in JMAP's words (RFC 8621 §4.6, §4.8). */
export function emailError(refusal: Refusal): SetError {
  const { reason, details } = refusal;
  if (reason === 'noSuchMailbox') return { type: 'invalidProperties', properties: ['mailboxIds'] };
  if (reason === 'tooMany') {
    const isKeywords = details.properties?.includes('keywords') ?? false;
    return {
      type: isKeywords ? 'tooManyKeywords' : 'tooManyMailboxes',
      ...(details.limit && { description: `no more than ${details.limit}` }),
    };
  }
  return saySetError(refusal);
}

/** The same as an error to throw; anything that is no refusal as it is, and what concerns all records too. */
export function sayingOf(error: unknown): unknown {
  if (!(error instanceof Refusal) || error.reason === 'stateMismatch') return error;
  return new SetFailure(emailError(error));
}
