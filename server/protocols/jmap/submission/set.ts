/**
 * EmailSubmission/set (RFC 8621 §7.5): sending, taking back, forgetting, and what is then done with the emails. Several
 * submissions of one call stand or fall alone.
 */
import { nullable } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import type { SetError } from '#formats/jmap/errors.ts';
import type { JsonObject } from '#formats/jmap/json.ts';
import type { Patch } from '#formats/jmap/patch.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type CreatedIds, type SetContext, SetFailure } from '#server/protocols/jmap/engine/context.ts';
import { eachDestroy, eachUpdate } from '#server/protocols/jmap/engine/set.ts';
import type { Created, Destroyed, SetOutcome, Updated } from '#server/protocols/jmap/engine/type.ts';
import { emailIds, identityIds, threadIds } from '#server/protocols/jmap/mail/ids.ts';
import type { EmailId, SubmissionId } from '#server/store/ids.ts';
import { cancelSubmission, destroySubmission } from '#server/submission/change.ts';
import { InvalidRecipients } from '#server/submission/envelope.ts';
import { submitMessage } from '#server/submission/submit.ts';

import { anEnvelope, printEnvelope, submissionIds } from './envelope.ts';

/** Which email each submission of a request was of: what happens to it afterwards is told by the submission's id. */
const emailsOf = new WeakMap<CreatedIds, Map<string, EmailId>>();

function noteEmail(ctx: SetContext, id: SubmissionId, emailId: EmailId | undefined): void {
  if (emailId === undefined) return;
  const known = emailsOf.get(ctx.created) ?? new Map<string, EmailId>();
  emailsOf.set(ctx.created, known.set(submissionIds.print(id), emailId));
}

export async function createSubmission(ctx: SetContext, record: JsonObject): Promise<Created<SubmissionId>> {
  const { store, actor, accountId } = ctx;
  const identityId = identityIds.read(textOf(record['identityId']));
  const emailId = emailIds.read(textOf(record['emailId']));
  const unknown = [
    ...(identityId === undefined ? ['identityId'] : []),
    ...(emailId === undefined ? ['emailId'] : []),
    // A submission begins as pending or final, as the server finds.
    ...(record['undoStatus'] === 'canceled' ? ['undoStatus'] : []),
  ];
  if (identityId === undefined || emailId === undefined || unknown.length > 0)
    throw new SetFailure({ type: 'invalidProperties', properties: unknown });
  const envelope = nullable(anEnvelope)(record['envelope'] ?? null) ?? null;
  try {
    const submitted = await submitMessage(store, actor, {
      accountId,
      identityId,
      envelope,
      message: { kind: 'email', emailId },
    });
    const { submissionId, threadId, undoStatus, sendAt } = submitted;
    noteEmail(ctx, submissionId, emailId);
    return {
      id: submissionId,
      properties: {
        threadId: threadId === undefined ? null : threadIds.print(threadId),
        envelope: printEnvelope(submitted.envelope),
        sendAt: printUtcDate(sendAt),
        undoStatus,
        dsnBlobIds: [],
        mdnBlobIds: [],
      },
    };
  } catch (error) {
    throw said(error);
  }
}

export function updateSubmissions(
  ctx: SetContext,
  updates: ReadonlyMap<SubmissionId, Patch>,
): Promise<ReadonlyMap<SubmissionId, Updated>> {
  return eachUpdate(updates, async (id, patch) => {
    const change = patch.get('undoStatus');
    // The engine let pass only what changes nothing, and this.
    if (!change) return null;
    if (change.kind !== 'replace' || change.value !== 'canceled')
      throw new SetFailure({ type: 'invalidProperties', properties: ['undoStatus'] });
    const { emailId } = await cancelSubmission(ctx.store, ctx.actor, ctx.accountId, id);
    noteEmail(ctx, id, emailId);
    return null;
  });
}

export function destroySubmissions(
  ctx: SetContext,
  ids: readonly SubmissionId[],
): Promise<ReadonlyMap<SubmissionId, Destroyed>> {
  return eachDestroy(ids, async (id) => {
    const { emailId } = await destroySubmission(ctx.store, ctx.actor, ctx.accountId, id);
    noteEmail(ctx, id, emailId);
  });
}

interface FollowUp {
  readonly onSuccessUpdateEmail: ReadonlyMap<string, JsonObject> | null;
  readonly onSuccessDestroyEmail: readonly string[] | null;
}

/** One Email/set for all that was asked for on success, if anything of it succeeded. */
export function followUp(ctx: SetContext, outcome: SetOutcome, args: FollowUp): void {
  const succeeded = new Set([
    ...outcome.updated.keys(),
    ...outcome.destroyed,
    ...[...outcome.created.values()].map(({ id }) => textOf(id)),
  ]);
  const emails = emailsOf.get(ctx.created);
  const emailOf = (text: string): string | undefined => {
    const id = ctx.created.resolve(text);
    const emailId = id !== undefined && succeeded.has(id) ? emails?.get(id) : undefined;
    return emailId && emailIds.print(emailId);
  };
  const update: [string, JsonObject][] = [...(args.onSuccessUpdateEmail ?? [])].flatMap(([text, patch]) => {
    const emailId = emailOf(text);
    return emailId === undefined ? [] : [[emailId, patch] as [string, JsonObject]];
  });
  const destroy = (args.onSuccessDestroyEmail ?? []).flatMap((text) => emailOf(text) ?? []);
  if (update.length === 0 && destroy.length === 0) return;
  ctx.callNext('Email/set', {
    accountId: `a${ctx.accountId}`,
    ...(update.length > 0 && { update: Object.fromEntries(update) }),
    ...(destroy.length > 0 && { destroy }),
  });
}

/** Refusals that RFC 8621 §7.5 has words of its own for. */
function said(error: unknown): unknown {
  if (error instanceof InvalidRecipients) {
    const { addresses, message } = error;
    const failure: SetError = {
      type: 'invalidRecipients',
      description: message,
      limits: { invalidRecipients: [...addresses] },
    };
    return new SetFailure(failure);
  }
  if (error instanceof Refusal && (error.reason === 'mayNot' || error.reason === 'readOnlyAccount'))
    return new SetFailure({ type: 'forbiddenToSend', description: error.message });
  return error;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
