/**
 * Approval, our own type: acts that wait for a second administrator, and what became of them. `Approval/get` gives those
 * of one view; `Approval/decide` approves, refuses, or withdraws one's own; `Approval/outcome` hands its author the secret
 * that an act made.
 */
import { anId, aString, oneOf, optional, readArguments, required } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { Refusal } from '#server/access/refusal.ts';
import { approve, refuse, withdraw } from '#server/approvals/decide.ts';
import { approvalViews, hasOutcome, listApprovals, type ListedApproval, readOutcome } from '#server/approvals/list.ts';
import type { ApprovalId } from '#server/store/ids.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';
import { numberedIds } from '#server/protocols/jmap/engine/type.ts';

import { personIds, tenantOf } from './ids.ts';

const approvalIds = numberedIds<ApprovalId>('v');

const print = (approval: ListedApproval, isOwn: boolean, at: number): JsonObject => ({
  id: approvalIds.print(approval.id),
  rule: approval.kind,
  verb: approval.verb,
  details: Object.fromEntries(
    Object.entries(approval.details).map(([name, value]): [string, Json] => [
      name,
      typeof value === 'object' && value !== null ? [...value] : value,
    ]),
  ),
  personId: approval.personId === null ? null : personIds.print(approval.personId),
  personName: approval.personName,
  personEmail: approval.personEmail,
  unitName: approval.unitName,
  authorName: approval.authorName,
  isOwn,
  reason: approval.reason,
  createdAt: printUtcDate(approval.createdAt),
  until: printUtcDate(approval.until),
  state: approval.state,
  decidedAt: approval.decidedAt === null ? null : printUtcDate(approval.decidedAt),
  deciderName: approval.deciderName,
  answer: approval.answer,
  hasOutcome: isOwn && hasOutcome(approval, at),
});

const getTable = {
  accountId: required(aString),
  view: optional(oneOf(...approvalViews), 'toDecide'),
};

const decideTable = {
  accountId: required(aString),
  id: required(anId),
  action: required(oneOf('approve', 'refuse', 'withdraw')),
  /** Why, of `refuse`; a word with it, of `approve`. */
  answer: optional(aString, ''),
};

const outcomeTable = { accountId: required(aString), id: required(anId) };

function readId(text: string): ApprovalId {
  const id = approvalIds.read(text);
  if (id === undefined) throw new Refusal('noSuchJob');
  return id;
}

export const approvalMethods: readonly Method[] = [
  {
    name: 'Approval/get',
    capability: consoleCapability,
    async run(call, args) {
      const { accountId, view } = readArguments(getTable, args);
      const { store, actor, account } = await openAccount(call, accountId, consoleCapability, 'read');
      const list = await listApprovals(store, actor, tenantOf({ account, actor }), view);
      const at = store.now();
      return { accountId, list: list.map((one) => print(one, one.authorPersonId === actor.personId, at)) };
    },
  },
  {
    name: 'Approval/decide',
    capability: consoleCapability,
    async run(call, args) {
      const { accountId, id: text, action, answer } = readArguments(decideTable, args);
      const ctx = await openAccount(call, accountId, consoleCapability, 'write');
      const tenantId = tenantOf(ctx);
      const id = readId(text);
      if (action === 'withdraw') await withdraw(ctx.store, ctx.actor, tenantId, id);
      else await (action === 'approve' ? approve : refuse)(ctx.store, ctx.actor, tenantId, id, answer);
      return { accountId, id: text };
    },
  },
  {
    name: 'Approval/outcome',
    capability: consoleCapability,
    async run(call, args) {
      const { accountId, id: text } = readArguments(outcomeTable, args);
      const ctx = await openAccount(call, accountId, consoleCapability, 'read');
      return { accountId, id: text, secret: await readOutcome(ctx.store, ctx.actor, tenantOf(ctx), readId(text)) };
    },
  },
];
