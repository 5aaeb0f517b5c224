/** Email/import (RFC 8621 §4.8). */
import {
  anId,
  anObject,
  aString,
  aUtcDate,
  mapOf,
  nullable,
  orNull,
  readArguments,
  required,
  setOf,
} from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import { readBlobId } from '#formats/jmap/id.ts';
import { isObject, type Json, type JsonObject } from '#formats/jmap/json.ts';
import { Refusal } from '#server/access/refusal.ts';
import { importEmail } from '#server/mail/emails/import.ts';
import { isKeyword } from '#server/mail/keywords.ts';
import type { EmailId } from '#server/store/ids.ts';

import { mailCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount, type SetContext, SetFailure } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';
import {
  createOne,
  newOutcome,
  openSet,
  orNothing,
  partly,
  printErrors,
  printStates,
} from '#server/protocols/jmap/engine/set.ts';
import type { Created } from '#server/protocols/jmap/engine/type.ts';
import { placeOf, printSaved, receivedAtOf, sayingOf } from './email-set.ts';
import { emailIds } from './ids.ts';

const table = { accountId: required(aString), ifInState: orNull(aString), emails: required(mapOf(anObject, anId)) };

/** What the engine's helpers need to know of the type. */
const email = {
  name: 'Email',
  capability: mailCapability,
  state: 'Email',
  ids: emailIds,
  properties: {},
} as const;

export const emailImport: Method = {
  name: 'Email/import',
  capability: mailCapability,
  async run(call, args) {
    const { accountId, ifInState, emails } = readArguments(table, args);
    const ctx = await openAccount(call, accountId, mailCapability, 'write');
    if (emails.size > call.limits.maxObjectsInSet) throw new MethodError('requestTooLarge');
    const { set, notes } = await openSet(ctx, email, ifInState);
    const outcome = newOutcome();
    try {
      await notes.run(async () => {
        for (const [creationId, given] of emails) {
          const step = set();
          await createOne(step, email, creationId, outcome, () => importOne(step, given));
        }
      });
    } catch (error) {
      throw notes.hasWritten() ? partly(ctx, error) : error;
    }
    const { created, notCreated } = outcome;
    const states = printStates(notes, email);
    return { accountId, ...states, created: orNothing(created), notCreated: printErrors(notCreated) };
  },
};

const properties: Readonly<Record<string, (value: Json) => unknown>> = {
  blobId: aString,
  mailboxIds: setOf(),
  keywords: setOf((word) => (typeof word === 'string' && isKeyword(word) ? word : undefined)),
  receivedAt: nullable(aUtcDate),
};

async function importOne(ctx: SetContext, given: JsonObject): Promise<Created<EmailId>> {
  const { store, actor, accountId, ifInState } = ctx;
  const record = withMailboxes(ctx, given);
  const bad = Object.entries(record).filter(([name, value]) => properties[name]?.(value) === undefined);
  const blobId = typeof record['blobId'] === 'string' ? record['blobId'] : '';
  const blob = readBlobId(ctx.created.resolve(blobId) ?? '');
  const names = [...bad.map(([name]) => name), ...(blob ? [] : ['blobId'])];
  if (names.length > 0 || !blob) {
    throw new SetFailure({ type: 'invalidProperties', properties: [...new Set(names)] });
  }
  try {
    const receivedAt = receivedAtOf(record);
    const saved = await importEmail(store, actor, accountId, { ...placeOf(record), blob, receivedAt, ifInState });
    return { id: saved.emailId, properties: printSaved(saved) };
  } catch (error) {
    // Here a blob that is not there is an invalid property (RFC 8621 §4.8).
    if (error instanceof Refusal && error.reason === 'noSuchBlob') {
      throw new SetFailure({ type: 'invalidProperties', properties: ['blobId'] });
    }
    throw sayingOf(error);
  }
}

/** Mailboxes made in this request may be named by their creation ids. */
function withMailboxes({ created }: SetContext, given: JsonObject): JsonObject {
  const { mailboxIds } = given;
  if (!isObject(mailboxIds)) return given;
  const members = Object.entries(mailboxIds).map(([name, value]) => [created.resolve(name) ?? name, value] as const);
  return { ...given, mailboxIds: Object.fromEntries(members) };
}
