/**
 * Sends a draft: its last version is saved, then submitted with a hold of some seconds (RFC 8621 §7, RFC 4865), in
 * which it can be called back. When an answer is lost, the server is asked what became of the submission before anything
 * is sent again: nobody gets a message twice.
 */
import { LoggedOut, MethodRefused, NotNow, Unreachable } from '#web/sync/errors.ts';
import type { AccountId } from '#web/sync/records.ts';
import { isObject, listOr, object, textOr } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Composer } from './composer.ts';
import { planEnvelope } from './plan/email.ts';
import { draftsMailbox, saveDraft, sentMailbox } from './save.ts';
import type { Sync } from '#web/sync/sync.ts';

export const holdSeconds = 10;

export interface Sent {
  readonly kind: 'sent';
  readonly submissionId: string;
  readonly emailId: string;
}
export type SendOutcome =
  | Sent
  /** `type` of the SetError; `addresses` those it names (RFC 8621 §7.5 invalidRecipients). */
  | { readonly kind: 'refused'; readonly type: string; readonly addresses: readonly string[] }
  | { readonly kind: 'cancelled' };

/** @param onWaiting called when the server cannot be reached; sending goes on by itself when it is back. */
export async function sendDraft(
  composer: Composer,
  onWaiting: (isWaiting: boolean) => void,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const { sync } = composer;
  let isUncertain = false;
  for (;;) {
    try {
      const outcome = await attempt(composer, isUncertain);
      onWaiting(false);
      return outcome;
    } catch (error) {
      if (error instanceof NotNow) {
        // Nothing was done: it goes when the maintenance is over.
        onWaiting(true);
        await Promise.race([sync.connection.later(), aborted(signal)]);
        if (signal.aborted) return { kind: 'cancelled' };
        continue;
      }
      if (!(error instanceof Unreachable || error instanceof LoggedOut)) throw error;
      isUncertain = true;
      sync.connection.report(error);
      onWaiting(true);
      await Promise.race([sync.connection.whenOnline(), aborted(signal)]);
      if (signal.aborted) return { kind: 'cancelled' };
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

async function attempt(composer: Composer, isUncertain: boolean): Promise<SendOutcome> {
  const { sync, accountId, messageId } = composer;
  const { draft } = composer.view();
  const identity = composer.identity();
  const before = composer.storedId();
  if (isUncertain && before !== undefined) {
    const sent = await findSubmission(sync, accountId, before);
    if (sent) return sent;
  }
  const saved = await saveDraft({
    sync,
    accountId,
    draft,
    identity,
    messageId,
    storedId: before,
    isUncertain,
    isFinal: true,
  });
  if (saved.kind === 'refused' || !identity)
    return { kind: 'refused', type: saved.kind === 'refused' ? saved.type : 'noIdentity', addresses: [] };
  composer.setStoredId(saved.emailId);
  const draftsId = (await draftsMailbox(sync, accountId)) ?? '';
  const sentId = sentMailbox(sync, accountId);
  const moved: JsonObject =
    sentId === undefined ? {} : { [`mailboxIds/${draftsId}`]: null, [`mailboxIds/${sentId}`]: true };
  const answers = await sync.client.request([
    [
      'EmailSubmission/set',
      {
        accountId,
        create: {
          send: {
            identityId: identity.id,
            emailId: saved.emailId,
            envelope: planEnvelope(draft, identity.email, holdSeconds),
          },
        },
        onSuccessUpdateEmail: { '#send': { ...moved, 'keywords/$draft': null } },
      },
      'submit',
    ],
  ]);
  return readSubmitted(() => answers.of('submit'), saved.emailId);
}

function readSubmitted(read: () => Readonly<Record<string, unknown>>, emailId: string): SendOutcome {
  let answer: Readonly<Record<string, unknown>>;
  try {
    answer = read();
  } catch (error) {
    if (error instanceof MethodRefused && !(error instanceof NotNow))
      return { kind: 'refused', type: error.type, addresses: [] };
    throw error;
  }
  const made = isObject(answer['created']) ? answer['created']['send'] : undefined;
  if (isObject(made)) return { kind: 'sent', submissionId: textOr(made['id'], ''), emailId };
  const refused = isObject(answer['notCreated']) ? answer['notCreated']['send'] : undefined;
  const error = isObject(refused) ? refused : {};
  return {
    kind: 'refused',
    type: textOr(error['type'], 'serverFail'),
    addresses: listOr(error['invalidRecipients'], (it) => textOr(it, '')),
  };
}

async function findSubmission(sync: Sync, accountId: AccountId, emailId: string): Promise<Sent | undefined> {
  const answers = await sync.client.request([
    ['EmailSubmission/query', { accountId, filter: { emailIds: [emailId] } }, 'query'],
    [
      'EmailSubmission/get',
      {
        accountId,
        '#ids': { resultOf: 'query', name: 'EmailSubmission/query', path: '/ids' },
        properties: ['id', 'undoStatus'],
      },
      'get',
    ],
  ]);
  const found = listOr(answers.of('get')['list'], object).find((it) => it['undoStatus'] !== 'canceled');
  return found && { kind: 'sent', submissionId: textOr(found['id'], ''), emailId };
}

/**
 * Calls a submission back and makes its email a draft again.
 * @returns false when it has left already. @throws {Unreachable} {LoggedOut}
 */
export async function callBack(sync: Sync, accountId: AccountId, { submissionId, emailId }: Sent): Promise<boolean> {
  const answers = await sync.client.request([
    ['EmailSubmission/set', { accountId, update: { [submissionId]: { undoStatus: 'canceled' } } }, 'cancel'],
  ]);
  const { notUpdated } = answers.of('cancel');
  if (isObject(notUpdated) && Object.hasOwn(notUpdated, submissionId)) return false;
  const draftsId = (await draftsMailbox(sync, accountId)) ?? '';
  const sentId = sentMailbox(sync, accountId);
  const moved: JsonObject =
    sentId === undefined ? {} : { [`mailboxIds/${sentId}`]: null, [`mailboxIds/${draftsId}`]: true };
  await sync.mutate({ accountId, type: 'Email', update: { [emailId]: { ...moved, 'keywords/$draft': true } } });
  return true;
}

/** The message answered or forwarded is marked so (RFC 8621 §4.1.1), or its mark taken off again. */
export function markRelated(composer: Composer, isOn: boolean): void {
  const { relation } = composer.view().draft;
  if (!relation) return;
  const keyword = relation.kind === 'reply' ? '$answered' : '$forwarded';
  const { sync, accountId } = composer;
  void sync.mutate({
    accountId,
    type: 'Email',
    update: { [relation.emailId]: { [`keywords/${keyword}`]: isOn || null } },
  });
}
