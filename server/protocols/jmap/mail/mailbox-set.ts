/** Creating, changing and destroying mailboxes as JMAP asks it (RFC 8621 §2.5). */
import { aString } from '#formats/jmap/arguments.ts';
import type { SetError } from '#formats/jmap/errors.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import type { Patch } from '#formats/jmap/patch.ts';
import { Refusal } from '#server/access/refusal.ts';
import { createMailbox, destroyMailbox, mailboxRoles, updateMailbox } from '#server/mail/mailboxes/change.ts';
import { listMailboxes, type Mailbox, type MailboxSettings } from '#server/mail/mailboxes/list.ts';
import type { MailboxId } from '#server/store/ids.ts';

import { type SetContext, SetFailure } from '#server/protocols/jmap/engine/context.ts';
import { eachDestroy, eachUpdate } from '#server/protocols/jmap/engine/set.ts';
import type { Destroyed, Updated } from '#server/protocols/jmap/engine/type.ts';
import { mailboxIds } from './ids.ts';

/** @throws {SetFailure}, {Refusal}. */
export function createOneMailbox({ store, actor, accountId }: SetContext, record: JsonObject): Promise<MailboxId> {
  const settings = settingsOf(Object.entries(record));
  const { name = '' } = settings;
  return saying(() => createMailbox(store, actor, accountId, { ...settings, name }));
}

export function updateMailboxes(
  { store, actor, accountId }: SetContext,
  updates: ReadonlyMap<MailboxId, Patch>,
): Promise<ReadonlyMap<MailboxId, Updated>> {
  return eachUpdate(updates, async (id, patch) => {
    const given = [...patch].flatMap(([name, change]): [string, Json][] =>
      change.kind === 'replace' ? [[name, change.value]] : [],
    );
    if (patch.has('shareWith')) throw notSharedAlone();
    if (given.length > 0) await saying(() => updateMailbox(store, actor, accountId, id, settingsOf(given)));
    return null;
  });
}

export async function destroyMailboxes(
  { store, actor, accountId }: SetContext,
  ids: readonly MailboxId[],
  removeEmails: boolean,
): Promise<ReadonlyMap<MailboxId, Destroyed>> {
  const { mailboxes } = await listMailboxes(store, actor, accountId);
  return eachDestroy(childrenFirst(mailboxes, ids), (id) => destroyMailbox(store, actor, accountId, id, removeEmails));
}

/** A parent may go together with its children, whatever the order they are named in. */
function childrenFirst(mailboxes: readonly Mailbox[], ids: readonly MailboxId[]): readonly MailboxId[] {
  const parentOf = new Map(mailboxes.map(({ id, parentId }) => [id, parentId]));
  const depthOf = (id: MailboxId): number => {
    let depth = 0;
    for (let at = parentOf.get(id); at; at = parentOf.get(at)) depth += 1;
    return depth;
  };
  return ids.toSorted((a, b) => depthOf(b) - depthOf(a));
}

/** Members checked by the type's table already. @throws {SetFailure} `invalidProperties` for a parent that is no id. */
function settingsOf(members: readonly (readonly [string, Json])[]): Partial<MailboxSettings> {
  const settings: { -readonly [Name in keyof MailboxSettings]?: MailboxSettings[Name] } = {};
  for (const [name, value] of members) {
    if (name === 'shareWith' && value !== null) throw notSharedAlone();
    if (name === 'name') settings.name = aString(value) ?? '';
    else if (name === 'parentId') settings.parentId = value === null ? null : parentOf(value);
    else if (name === 'role') settings.role = mailboxRoles.find((role) => role === value) ?? null;
    else if (name === 'sortOrder') settings.sortOrder = Number(value);
    else if (name === 'isSubscribed') settings.isSubscribed = value === true;
    else if (name === 'isFavorite') settings.isFavorite = value === true;
    else if (name === 'color') settings.color = typeof value === 'string' ? value : null;
  }
  return settings;
}

/** What a mandate cannot say is refused (RFC 9670 §4). */
const notSharedAlone = (): SetFailure =>
  new SetFailure({
    type: 'forbidden',
    properties: ['shareWith'],
    description: 'a mandate opens a whole account, never one mailbox: give, change and end it by Mandate/set',
  });

function parentOf(value: Json): MailboxId {
  const id = typeof value === 'string' ? mailboxIds.read(value) : undefined;
  if (id === undefined) throw new SetFailure({ type: 'invalidProperties', properties: ['parentId'] });
  return id;
}

/** Refusals that JMAP has other words for here. */
async function saying<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const said = error instanceof Refusal ? mailboxError(error) : undefined;
    throw said ? new SetFailure(said) : error;
  }
}

function mailboxError({ reason, details }: Refusal): SetError | undefined {
  if (reason === 'alreadyExists') {
    return {
      type: 'invalidProperties',
      properties: ['name'],
      description: 'another mailbox beside it has this name',
    };
  }
  if (reason === 'tooMany') return { type: 'overQuota', description: `no more than ${details.limit} mailboxes` };
  return undefined;
}
