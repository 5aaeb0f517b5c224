/**
 * Saves a draft: the new version is created and the former destroyed in one call, so that the server never holds none
 * and, unless an answer was lost, never two (RFC 8621 §4: an email cannot be changed).
 */
import { NotNow } from '#web/sync/errors.ts';
import type { AccountId, Identity } from '#web/sync/records.ts';
import { isObject, listOr, textOr } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';
import type { Draft } from './draft.ts';
import { planEmail } from './plan/email.ts';

export interface SaveParts {
  readonly sync: Sync;
  readonly accountId: AccountId;
  readonly draft: Draft;
  readonly identity: Identity | undefined;
  readonly messageId: string;
  readonly storedId: string | undefined;
  /** An earlier request may have been carried out although its answer was lost. */
  readonly isUncertain: boolean;
  /** The version to be sent: without what only drafts say. */
  readonly isFinal?: boolean;
}

export type Saved =
  /** `wasReplaced`: the former version was there and is gone, or there was none. */
  | { readonly kind: 'saved'; readonly emailId: string; readonly wasReplaced: boolean }
  | { readonly kind: 'refused'; readonly type: string };

/** @throws {Unreachable} {LoggedOut}: whether it was done is not known then. {NotNow}: it was not. */
export async function saveDraft(parts: SaveParts): Promise<Saved> {
  const { sync, accountId, draft, identity, messageId, storedId, isUncertain, isFinal = false } = parts;
  const draftsId = await draftsMailbox(sync, accountId);
  if (draftsId === undefined || !identity)
    return { kind: 'refused', type: draftsId === undefined ? 'noDrafts' : 'noIdentity' };
  const lost = isUncertain ? await findVersions(sync, accountId, draftsId, messageId) : [];
  const destroy = [...new Set([...(storedId === undefined ? [] : [storedId]), ...lost])];
  const create = { draft: planEmail({ draft, identity, draftsId, messageId, isFinal }) };
  const answers = await sync.client.request([
    ['Email/set', { accountId, create, ...(destroy.length > 0 && { destroy }) }, 'set'],
  ]);
  let answer: Readonly<Record<string, unknown>>;
  try {
    answer = answers.of('set');
  } catch (error) {
    if (error instanceof NotNow) throw error;
    return { kind: 'refused', type: error instanceof Error && 'type' in error ? String(error.type) : 'serverFail' };
  }
  const made = isObject(answer['created']) ? answer['created']['draft'] : undefined;
  if (!isObject(made)) {
    const refused = isObject(answer['notCreated']) ? answer['notCreated']['draft'] : undefined;
    return { kind: 'refused', type: isObject(refused) ? textOr(refused['type'], 'serverFail') : 'serverFail' };
  }
  const notDestroyed = isObject(answer['notDestroyed']) ? answer['notDestroyed'] : {};
  const wasReplaced = storedId === undefined || isUncertain || !Object.hasOwn(notDestroyed, storedId);
  sync.store.forget(
    accountId,
    'Email',
    destroy.filter((id) => !Object.hasOwn(notDestroyed, id)),
  );
  return { kind: 'saved', emailId: textOr(made['id'], ''), wasReplaced };
}

/** Versions of a draft that the server holds, by their Message-ID. */
async function findVersions(
  sync: Sync,
  accountId: AccountId,
  draftsId: string,
  messageId: string,
): Promise<readonly string[]> {
  const filter = { inMailbox: draftsId, header: ['Message-ID', messageId] };
  const answers = await sync.client.request([['Email/query', { accountId, filter }, 'query']]);
  return listOr(answers.of('query')['ids'], (id) => textOr(id, ''));
}

export async function destroyDraft(sync: Sync, accountId: AccountId, emailId: string): Promise<void> {
  await sync.mutate({ accountId, type: 'Email', destroy: [emailId] });
}

export async function draftsMailbox(sync: Sync, accountId: AccountId): Promise<string | undefined> {
  await sync.ensureAll(accountId, 'Mailbox');
  return sync.store.all(accountId, 'Mailbox').find(({ role }) => role === 'drafts')?.id;
}

/** The mailbox for what was sent; drafts stay where they are in an account without one. */
export function sentMailbox(sync: Sync, accountId: AccountId): string | undefined {
  return sync.store.all(accountId, 'Mailbox').find(({ role }) => role === 'sent')?.id;
}
