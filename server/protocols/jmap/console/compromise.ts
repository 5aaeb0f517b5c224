/**
 * Compromise/get, /open, /undo, /settle and /giveBack, our own methods: an account that others got into, from shutting it
 * to giving it back. One person at a time; what is shown depends on the actor's role.
 */
import {
  anId,
  aString,
  aUtcDate,
  listOf,
  nullable,
  oneOf,
  optional,
  readArguments,
  required,
} from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { JsonObject } from '#formats/jmap/json.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { type CaseView, type Finding, readCase, type Sent } from '#server/administration/compromise/findings.ts';
import { openCase } from '#server/administration/compromise/open.ts';
import { giveBack, settleHeld, undoFindings } from '#server/administration/compromise/settle.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { type AccountContext, type CallContext, openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';
import { submissionIds } from '#server/protocols/jmap/submission/envelope.ts';

import { personIds, tenantOf } from './ids.ts';

const about = { accountId: required(aString), personId: required(anId) };
const sinceArg = { since: optional(nullable(aUtcDate), null) };
const fates = oneOf('release', 'drop');

const tables = {
  get: { ...about, ...sinceArg },
  open: { ...about, ...sinceArg, reason: required(aString) },
  undo: { ...about, ...sinceArg, ids: required(listOf(aString)) },
  settle: { ...about, ids: required(listOf(anId)), fate: required(fates) },
  giveBack: { ...about, rest: required(fates), reason: required(aString) },
};

/** @throws {MethodError} as `openAccount`; `invalidArguments` for an id that cannot be one. */
async function openPerson(
  call: CallContext,
  { accountId, personId: id }: { readonly accountId: string; readonly personId: string },
): Promise<{ readonly ctx: AccountContext; readonly who: PersonRef }> {
  const ctx = await openAccount(call, accountId, consoleCapability, 'write');
  const personId = personIds.read(id);
  const tenantId = tenantOf(ctx);
  if (personId === undefined) throw new MethodError('invalidArguments', 'noSuchPerson');
  return { ctx, who: { tenantId, personId } };
}

const get: Method = {
  name: 'Compromise/get',
  capability: consoleCapability,
  async run(call, args) {
    const given = readArguments(tables.get, args);
    const { ctx, who } = await openPerson(call, given);
    const view = await readCase(ctx.store, ctx.actor, who, given.since ?? undefined);
    return { accountId: given.accountId, personId: given.personId, ...printView(view) };
  },
};

const open: Method = {
  name: 'Compromise/open',
  capability: consoleCapability,
  async run(call, args) {
    const { since, reason, ...given } = readArguments(tables.open, args);
    const { ctx, who } = await openPerson(call, given);
    const { details } = await openCase(ctx.store, ctx.actor, who, { reason, since: since ?? undefined });
    const { sessions, credentials, devices } = details;
    return { ...given, sessions, credentials, devices };
  },
};

const undo: Method = {
  name: 'Compromise/undo',
  capability: consoleCapability,
  async run(call, args) {
    const { ids, since, ...given } = readArguments(tables.undo, args);
    const { ctx, who } = await openPerson(call, given);
    const undone = await undoFindings(ctx.store, ctx.actor, who, { ids, ...(since !== null && { since }) });
    return { ...given, undone: [...undone] };
  },
};

const settle: Method = {
  name: 'Compromise/settle',
  capability: consoleCapability,
  async run(call, args) {
    const { ids, fate, ...given } = readArguments(tables.settle, args);
    const { ctx, who } = await openPerson(call, given);
    const those = ids.flatMap((id) => submissionIds.read(id) ?? []);
    return { ...given, settled: await settleHeld(ctx.store, ctx.actor, who, { ids: those, fate }) };
  },
};

const back: Method = {
  name: 'Compromise/giveBack',
  capability: consoleCapability,
  async run(call, args) {
    const { rest, reason, ...given } = readArguments(tables.giveBack, args);
    const { ctx, who } = await openPerson(call, given);
    const { provisionalPassword } = await giveBack(ctx.store, ctx.actor, who, { rest, reason });
    return { ...given, provisionalPassword };
  },
};

export const compromiseMethods: readonly Method[] = [get, open, undo, settle, back];

function printView({ open: one, since, strange, findings, sent, held, isWhole }: CaseView): JsonObject {
  return {
    openedAt: one ? printUtcDate(one.at) : null,
    reason: one?.details.reason ?? null,
    closed: one
      ? { sessions: one.details.sessions, credentials: one.details.credentials, devices: one.details.devices }
      : null,
    since: printUtcDate(since),
    strange: strange.map(({ at, from }) => ({ at: printUtcDate(at), from })),
    findings: findings.map(printFinding),
    sent: sent.map(printSent),
    held: held.map(printSent),
    isWhole,
  };
}

function printFinding({ id, kind, at, name, isNew, details }: Finding): JsonObject {
  return { id, kind, at: printUtcDate(at), name, isNew, details: [...details] };
}

function printSent({ id, at, isByFilter, count, domains, recipients, subject }: Sent): JsonObject {
  return {
    id: submissionIds.print(id),
    at: printUtcDate(at),
    isByFilter,
    count,
    domains: [...domains],
    recipients: recipients && [...recipients],
    subject,
  };
}
