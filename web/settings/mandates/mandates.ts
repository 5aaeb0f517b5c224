/** Mandates (JMAP Mandate, our own type), as these pages need them. */
import type { AccountId } from '#web/sync/records.ts';
import { asAccountId } from '#web/sync/records.ts';
import { isObject, list, listOr, object, text, textOr } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export const rightNames = ['read', 'draft', 'write', 'sendOnBehalf', 'sendAs', 'manage'] as const;
export type RightName = (typeof rightNames)[number];

const states = ['asked', 'awaitingApproval', 'declined', 'revoked', 'ended', 'future', 'valid'] as const;
export type MandateState = (typeof states)[number];

export interface Mandate {
  readonly id: string;
  readonly accountId: AccountId;
  readonly accountName: string;
  readonly holderName: string;
  readonly holderEmail: string;
  readonly rights: readonly RightName[];
  readonly startsAt: string;
  readonly endsAt: string | undefined;
  readonly reason: string | undefined;
  readonly state: MandateState;
  /** Whether it is the person logged in who may act. */
  readonly isHeld: boolean;
  readonly authorName: string | undefined;
  readonly endedReason: string | undefined;
}

/** Of an account, and in one's own those one holds; newest first. @throws as `client.request` does. */
export async function fetchMandates(sync: Sync, accountId: AccountId): Promise<readonly Mandate[]> {
  const answers = await sync.client.request([['Mandate/get', { accountId, ids: null }, 'all']]);
  return list(answers.of('all')['list'], readMandate);
}

function readMandate(value: unknown): Mandate {
  const it = object(value);
  return {
    id: text(it['id']),
    accountId: asAccountId(text(it['accountId'])),
    accountName: textOr(it['accountName'], ''),
    holderName: textOr(it['holderName'], ''),
    holderEmail: textOr(it['holderEmail'], ''),
    rights: rightNames.filter((right) => listOr(it['rights'], text).includes(right)),
    startsAt: text(it['startsAt']),
    endsAt: textOr(it['endsAt'], undefined),
    reason: textOr(it['reason'], undefined),
    state: states.find((state) => state === it['state']) ?? 'ended',
    isHeld: it['isHeld'] === true,
    authorName: textOr(it['authorName'], undefined),
    endedReason: textOr(it['endedReason'], undefined),
  };
}

/** `type` of the SetError (RFC 8620 §5.3), and the properties at fault; undefined where it was done. */
export interface SetRefusal {
  readonly type: string;
  readonly properties: readonly string[];
}

/** Gives one. @throws as `client.request` does. */
export const giveMandate = (sync: Sync, accountId: AccountId, record: JsonObject): Promise<SetRefusal | undefined> =>
  change(sync, accountId, { create: { one: record } }, 'notCreated', 'one');

/** Answers an offer, or moves an end. @throws as `client.request` does. */
export const changeMandate = (
  sync: Sync,
  accountId: AccountId,
  id: string,
  patch: JsonObject,
): Promise<SetRefusal | undefined> => change(sync, accountId, { update: { [id]: patch } }, 'notUpdated', id);

/** @throws as `client.request` does. */
export const stopMandate = (sync: Sync, accountId: AccountId, id: string): Promise<SetRefusal | undefined> =>
  change(sync, accountId, { destroy: [id] }, 'notDestroyed', id);

async function change(
  sync: Sync,
  accountId: AccountId,
  args: JsonObject,
  refusals: string,
  id: string,
): Promise<SetRefusal | undefined> {
  const answers = await sync.client.request([['Mandate/set', { accountId, ...args }, 'set']]);
  const refused = answers.of('set')[refusals];
  const error = isObject(refused) ? refused[id] : undefined;
  if (!isObject(error)) return undefined;
  return { type: textOr(error['type'], 'serverFail'), properties: listOr(error['properties'], text) };
}

/** Whether it is over, one way or another. */
export function isPast({ state }: Mandate): boolean {
  return state === 'declined' || state === 'revoked' || state === 'ended';
}
