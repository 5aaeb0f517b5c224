/**
 * Working on a conversation: giving it to a member, closing it, saying that one answers it. Who may draft here may do
 * so. Every step but the last is traced; the emails themselves stay as they are, in every protocol.
 */
import type { Actor } from '#server/access/actor.ts';
import { membersOf } from '#server/access/members.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRight } from '#server/access/require-right.ts';
import type { Granted } from '#server/access/rights.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { AccountId, PersonId, ThreadId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';
import { type AccountTx, transaction } from '#server/store/transaction.ts';

import {
  type ConversationRow,
  deleteAnswering,
  openClosed,
  saveAnswering,
  saveConversation,
  selectConversations,
  selectThreadIds,
} from './queries.ts';

export interface ConversationChange {
  /** Null for nobody. */
  readonly assigneeId?: PersonId | null;
  readonly isClosed?: boolean;
  /** Whether the actor has a reply open; true holds for two minutes, and is said again meanwhile. */
  readonly isAnswering?: boolean;
}

export const answeringMs = 120_000;

/** @throws {Refusal} `noSuchAccount`, `noSuchThread`, `noSuchPerson` for who is no member, `mayNot`. */
export function changeConversation(
  store: Store,
  actor: Actor,
  accountId: AccountId,
  id: ThreadId,
  change: ConversationChange,
): Promise<void> {
  return transaction(store, accountId, async (tx) => {
    const at = store.now();
    const granted = await requireRight(tx, actor, accountId, 'writeDrafts', at);
    if ((await selectThreadIds(tx, accountId, [id])).length === 0) throw new Refusal('noSuchThread');
    const before = (await selectConversations(tx, accountId, [id])).get(id) ?? untouched(id);
    const after = await planChange(tx, before, change, { actor, at });
    if (change.isAnswering !== undefined) await noteAnswering(tx, actor, id, change.isAnswering, at);
    // Who answers is told as a change of the conversation, so it has a row from then on.
    await saveConversation(tx, after);
    tx.changed('Conversation');
    await traceChange(tx, actor, granted, { before, after }, at);
  });
}

function untouched(id: ThreadId): Omit<ConversationRow, 'createdModseq'> {
  return { id, assigneeId: null, isClosed: false, closedAt: null, closedById: null };
}

type Kept = Omit<ConversationRow, 'createdModseq'>;

async function planChange(
  tx: AccountTx,
  before: Kept,
  change: ConversationChange,
  { actor, at }: { readonly actor: Actor; readonly at: number },
): Promise<Kept> {
  const { assigneeId = before.assigneeId, isClosed = before.isClosed } = change;
  // Also where the row says so already: who it names may have left.
  if (assigneeId !== null && change.assigneeId !== undefined) {
    const members = await membersOf(tx, tx.tenantId, tx.accountId, at);
    if (!members.has(assigneeId)) throw new Refusal('noSuchPerson', { properties: ['assigneeId'] });
  }
  const closing = isClosed && !before.isClosed;
  const closedById = closing && actor.kind === 'person' ? actor.personId : before.closedById;
  return {
    id: before.id,
    assigneeId,
    isClosed,
    closedAt: isClosed ? (closing ? at : before.closedAt) : null,
    closedById: isClosed ? closedById : null,
  };
}

/** @throws {Refusal} `mayNot` for the house itself, which answers nobody. */
async function noteAnswering(
  tx: AccountTx,
  actor: Actor,
  threadId: ThreadId,
  isAnswering: boolean,
  at: number,
): Promise<void> {
  if (actor.kind !== 'person') throw new Refusal('mayNot');
  const { personId } = actor;
  if (isAnswering) await saveAnswering(tx, { threadId, personId, startedAt: at, endsAt: at + answeringMs });
  else await deleteAnswering(tx, threadId, personId);
}

async function traceChange(
  tx: AccountTx,
  actor: Actor,
  { mandateId }: Granted,
  { before, after }: { readonly before: Kept; readonly after: Kept },
  at: number,
): Promise<void> {
  const { tenantId, accountId } = tx;
  const trace = { tenantId, actor, at, accountId, mandateId };
  const thread = String(after.id);
  if (before.assigneeId !== after.assigneeId)
    await recordTrace(tx, { ...trace, verb: 'assignConversation', details: { thread, to: after.assigneeId } });
  if (before.isClosed !== after.isClosed) {
    const verb = after.isClosed ? 'closeConversation' : 'reopenConversation';
    await recordTrace(tx, { ...trace, verb, details: { thread } });
  }
}

/** A message came into a thread that was there: what was closed is open again. Within the delivery's transaction. */
export async function reopenFor(tx: AccountTx, id: ThreadId, at: number): Promise<void> {
  if (!(await openClosed(tx, id))) return;
  tx.changed('Conversation');
  const { tenantId, accountId } = tx;
  const actor = { kind: 'system', as: 'delivery' } as const;
  await recordTrace(tx, {
    tenantId,
    actor,
    verb: 'reopenConversation',
    at,
    accountId,
    details: { thread: String(id) },
  });
}
