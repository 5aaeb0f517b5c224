/**
 * Mandate, our own type: who may act for whom (server/access/mandate.ts). In one's own account it lists what was given on
 * it and what one was given oneself; in an account that one manages, what was given on that. Only a session of one's
 * own may look or change: a mail program must not open other people's mail to more people. A holder answers by setting
 * `isAccepted`; whoever gave one moves its end; destroying ends it. It stays listed, ended.
 */
import { aBoolean, aString, aUtcDate, listOf, nullable, oneOf, type Reader } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import {
  answerMandate,
  approveMandate,
  extendMandate,
  grantMandate,
  type ListedMandate,
  listHeldMandates,
  listMandates,
  revokeMandate,
  stateOfMandate,
} from '#server/access/mandate.ts';
import { Refusal } from '#server/access/refusal.ts';
import { allRights, type MandateId, type Right } from '#server/access/rights.ts';
import { findHolder } from '#server/access/verify.ts';

import { accessCapability } from '#server/protocols/jmap/capabilities.ts';
import { type AccountContext, printAccountId, SetFailure } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { eachDestroy, eachUpdate } from '#server/protocols/jmap/engine/set.ts';
import { numberedIds } from '#server/protocols/jmap/engine/type.ts';

const ids = numberedIds<MandateId>('d');

const aReason: Reader<string> = (value) => (typeof value === 'string' && value.length <= 500 ? value : undefined);

const someRights: Reader<readonly Right[]> = (value) => {
  const rights = listOf(oneOf(...allRights))(value);
  return rights && rights.length > 0 ? rights : undefined;
};

export const mandateMethods = defineType<MandateId>({
  name: 'Mandate',
  capability: accessCapability,
  state: 'none',
  ids,
  properties: {
    // An address or user name of who is to hold it; told back as the address.
    holderEmail: { read: aString, isRequired: true, isImmutable: true },
    rights: { read: someRights, isRequired: true, isImmutable: true },
    startsAt: { read: nullable(aUtcDate), isImmutable: true, otherwise: null },
    endsAt: { read: nullable(aUtcDate), otherwise: null },
    reason: { read: nullable(aReason), isImmutable: true, otherwise: null },
    isAccepted: { read: aBoolean },
    isApproved: { read: aBoolean },
    accountId: { isServerSet: true },
    accountName: { isServerSet: true },
    accountEmail: { isServerSet: true },
    holderName: { isServerSet: true },
    isHeld: { isServerSet: true },
    authorName: { isServerSet: true },
    state: { isServerSet: true },
    createdAt: { isServerSet: true },
    endedReason: { isServerSet: true },
  },
  get: {
    async run(ctx, wanted, properties) {
      const at = ctx.store.now();
      const all = await mandatesIn(ctx);
      const asked = wanted ? all.filter(({ id }) => wanted.includes(id)) : all;
      return asked.map((one) => {
        const printed = printMandate(one, ctx, at);
        return Object.fromEntries(['id', ...properties].map((name) => [name, printed[name] ?? null]));
      });
    },
  },
  set: {
    async create(ctx, record) {
      requireSession(ctx);
      const { store, actor, accountId } = ctx;
      const { tenantId } = actor;
      if ('isAccepted' in record || 'isApproved' in record) throw invalid('isAccepted');
      const holder = await findHolder(store, { userName: aString(record['holderEmail'] ?? null) ?? '', tenantId });
      if (!holder || holder.tenantId !== tenantId) throw invalid('holderEmail');
      const reason = aReason(record['reason'] ?? null);
      const startsAt = aUtcDate(record['startsAt'] ?? null);
      const id = await grantMandate(store, actor, {
        tenantId,
        accountId,
        personId: holder.personId,
        rights: someRights(record['rights'] ?? null) ?? [],
        endsAt: aUtcDate(record['endsAt'] ?? null) ?? null,
        ...(startsAt !== undefined && { startsAt }),
        ...(reason !== undefined && { reason }),
      });
      const made = (await mandatesIn(ctx)).find((one) => one.id === id);
      return { id, properties: made ? setByServer(printMandate(made, ctx, store.now())) : {} };
    },
    update: (ctx, updates) => {
      requireSession(ctx);
      return eachUpdate(updates, async (id, patch) => {
        const { store, actor } = ctx;
        for (const [name, change] of patch) {
          const value: Json = change.kind === 'replace' ? change.value : null;
          await updateOne(ctx, id, name, value);
        }
        const now = (await mandatesIn(ctx)).find((one) => one.id === id);
        return now ? { state: stateOfMandate(now, store.now()), isHeld: now.personId === actor.personId } : null;
      });
    },
    destroy: (ctx, wanted) => {
      requireSession(ctx);
      return eachDestroy(wanted, (id) => sayingNotFound(revokeMandate(ctx.store, ctx.actor, ctx.actor.tenantId, id)));
    },
  },
});

async function updateOne(ctx: AccountContext, id: MandateId, name: string, value: Json): Promise<void> {
  const { store, actor } = ctx;
  const { tenantId } = actor;
  switch (name) {
    case 'isAccepted':
      return sayingNotFound(answerMandate(store, actor, tenantId, id, value === true ? 'accept' : 'decline'));
    case 'isApproved':
      if (value !== true) throw invalid(name);
      return sayingNotFound(approveMandate(store, actor, tenantId, id));
    case 'endsAt':
      return sayingNotFound(extendMandate(store, actor, tenantId, id, aUtcDate(value) ?? null));
    default:
      throw invalid(name);
  }
}

const invalid = (name: string): SetFailure => new SetFailure({ type: 'invalidProperties', properties: [name] });

/** The verbs speak of accounts; here what is not there is a mandate. */
async function sayingNotFound(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'noSuchAccount') throw new SetFailure({ type: 'notFound' });
    throw error;
  }
}

/** @throws {Refusal} `mayNot` */
function requireSession({ actor }: AccountContext): void {
  if (actor.by !== 'session') throw new Refusal('mayNot');
}

/** Newest first. @throws {Refusal} `mayNot` for whoever does not manage the account, or is in no session of their own. */
async function mandatesIn(ctx: AccountContext): Promise<readonly ListedMandate[]> {
  requireSession(ctx);
  const { store, actor, account, accountId } = ctx;
  const given = await listMandates(store, actor, actor.tenantId, accountId);
  return account.isOwn ? [...given, ...(await listHeldMandates(store, actor))] : given;
}

function setByServer(printed: JsonObject): JsonObject {
  const { holderEmail, rights, startsAt, accountId, accountName, accountEmail, holderName } = printed;
  const names = { accountId, accountName, accountEmail, holderName, holderEmail, rights, startsAt };
  const { isHeld, authorName, state, createdAt, endedReason, isAccepted, isApproved } = printed;
  const rest = { isHeld, authorName, state, createdAt, endedReason, isAccepted, isApproved };
  return Object.fromEntries(Object.entries({ ...names, ...rest }).map(([name, value]) => [name, value ?? null]));
}

const dateOrNull = (at: number | null): string | null => (at === null ? null : printUtcDate(at));

function printMandate(one: ListedMandate, { actor }: AccountContext, at: number): JsonObject {
  const isAnswered = one.acceptedAt !== null || one.declinedAt !== null;
  return {
    id: ids.print(one.id),
    holderEmail: one.holder.email,
    holderName: one.holder.name,
    rights: [...one.rights],
    startsAt: printUtcDate(one.startsAt),
    endsAt: dateOrNull(one.endsAt),
    reason: one.reason,
    isAccepted: isAnswered ? one.acceptedAt !== null : null,
    isApproved: one.asksApproval ? one.approvedAt !== null : null,
    accountId: printAccountId(one.accountId),
    accountName: one.account.name,
    accountEmail: one.account.email,
    isHeld: one.personId === actor.personId,
    authorName: one.authorName,
    state: stateOfMandate(one, at),
    createdAt: printUtcDate(one.createdAt),
    endedReason: one.endedReason,
  };
}
