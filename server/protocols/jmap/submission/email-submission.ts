/** EmailSubmission (RFC 8621 §7): its table of properties and its verbs. */
import { anObject, aString, listOf, mapOf, nullable, oneOf, orNull } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { printBlobId } from '#formats/jmap/id.ts';
import type { Json } from '#formats/jmap/json.ts';
import { submissionCapability } from '#server/protocols/jmap/capabilities.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { emailIds, identityIds, threadIds } from '#server/protocols/jmap/mail/ids.ts';
import { asId, type SubmissionId } from '#server/store/ids.ts';
import {
  listSubmissions,
  readSubmissions,
  submissionChanges,
  type SubmissionWithRecipients,
} from '#server/submission/list.ts';

import { anEnvelope, printEnvelope, submissionIds } from './envelope.ts';
import { submissionQuery } from './query.ts';
import { createSubmission, destroySubmissions, followUp, updateSubmissions } from './set.ts';

const printers: Readonly<Record<string, (submission: SubmissionWithRecipients) => Json>> = {
  id: ({ id }) => submissionIds.print(id),
  identityId: ({ identityId }) => (identityId === undefined ? null : identityIds.print(identityId)),
  emailId: ({ emailId }) => (emailId === undefined ? null : emailIds.print(emailId)),
  threadId: ({ threadId }) => (threadId === undefined ? null : threadIds.print(threadId)),
  envelope: ({ envelope }) => printEnvelope(envelope),
  sendAt: ({ sendAt }) => printUtcDate(sendAt),
  undoStatus: ({ undoStatus }) => undoStatus,
  deliveryStatus: ({ recipients }) =>
    Object.fromEntries(
      recipients.map(({ address, smtpReply, delivered, displayed }): [string, Json] => [
        address,
        { smtpReply, delivered, displayed },
      ]),
    ),
  dsnBlobIds: ({ envelope }) => envelope.reports.map((hash) => printBlobId({ kind: 'whole', hash })),
  mdnBlobIds: () => [],
};

const serverSet = { isServerSet: true };

export const emailSubmissionMethods = defineType({
  name: 'EmailSubmission',
  capability: submissionCapability,
  state: 'EmailSubmission',
  ids: submissionIds,
  properties: {
    identityId: { read: aString, refersTo: 'id', isImmutable: true, isRequired: true },
    emailId: { read: aString, refersTo: 'id', isImmutable: true, isRequired: true },
    threadId: serverSet,
    envelope: { read: nullable(anEnvelope), isImmutable: true, otherwise: null },
    sendAt: serverSet,
    undoStatus: { read: oneOf('pending', 'final', 'canceled') },
    deliveryStatus: serverSet,
    dsnBlobIds: serverSet,
    mdnBlobIds: serverSet,
  },
  get: {
    async run({ store, actor, accountId }, ids, names) {
      const wanted = ids ?? (await listSubmissions(store, actor, accountId)).submissions.map(({ id }) => id);
      const found = await readSubmissions(store, actor, accountId, wanted);
      return found.map((submission) =>
        Object.fromEntries(names.map((name): [string, Json] => [name, printers[name]?.(submission) ?? null])),
      );
    },
  },
  changes: {
    async run({ store, actor, accountId }, since, maxChanges) {
      const changed = await submissionChanges(store, actor, accountId, since, maxChanges);
      return {
        newState: changed.newState,
        hasMoreChanges: changed.hasMore,
        created: changed.created.map(asId<SubmissionId>),
        updated: changed.updated.map(asId<SubmissionId>),
        destroyed: changed.destroyed.map(asId<SubmissionId>),
      };
    },
  },
  query: submissionQuery,
  set: {
    args: {
      onSuccessUpdateEmail: orNull(mapOf(anObject)),
      onSuccessDestroyEmail: orNull(listOf(aString)),
    },
    create: createSubmission,
    update: updateSubmissions,
    destroy: destroySubmissions,
    after: followUp,
  },
});
