/** Foo/copy (RFC 8620 §5.4): records of one account into another, and where asked for, the originals destroyed after. */
import {
  aBoolean,
  anId,
  anObject,
  aString,
  mapOf,
  optional,
  orNull,
  readArguments,
  required,
} from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { JsonObject } from '#formats/jmap/json.ts';

import { type AccountContext, openAccount, type SetContext, SetFailure } from './context.ts';
import type { Method } from './method.ts';
import { checkRecord, dependencies } from './record.ts';
import { createOne, newOutcome, openSet, orNothing, partly, printErrors, printStates } from './set.ts';
import { stateOf } from './state.ts';
import type { CopyPart, Created, TypeHead } from './type.ts';

const table = {
  fromAccountId: required(aString),
  ifFromInState: orNull(aString),
  accountId: required(aString),
  ifInState: orNull(aString),
  create: required(mapOf(anObject, anId)),
  onSuccessDestroyOriginal: optional(aBoolean, false),
  destroyFromIfInState: orNull(aString),
};

export function copyMethod<Id>(type: TypeHead<Id>, part: CopyPart<Id>): Method {
  return {
    name: `${type.name}/copy`,
    capability: type.capability,
    async run(call, args) {
      const asked = readArguments(table, args);
      const { fromAccountId, accountId, create } = asked;
      const from = await openAccount(call, fromAccountId, type.capability, 'read', 'from');
      const ctx = await openAccount(call, accountId, type.capability, 'write');
      if (from.accountId === ctx.accountId) throw new MethodError('invalidArguments', 'both accounts are the same');
      if (create.size > call.limits.maxObjectsInSet) throw new MethodError('requestTooLarge');
      if (asked.ifFromInState !== null && asked.ifFromInState !== (await stateOf(from, type))) {
        throw new MethodError('stateMismatch');
      }
      const { set, notes } = await openSet(ctx, type, asked.ifInState);
      const outcome = newOutcome();
      const copied: string[] = [];
      try {
        await notes.run(async () => {
          for (const [creationId, record] of create) {
            const step = set();
            await createOne(step, type, creationId, outcome, async () => {
              const { text, created } = await copyOne(step, from, type, part, record);
              copied.push(text);
              return created;
            });
          }
        });
      } catch (error) {
        throw notes.hasWritten() ? partly(ctx, error) : error;
      }
      if (asked.onSuccessDestroyOriginal && copied.length > 0) {
        call.callNext(`${type.name}/set`, {
          accountId: fromAccountId,
          destroy: copied,
          ...(asked.destroyFromIfInState !== null && { ifInState: asked.destroyFromIfInState }),
        });
      }
      const { created, notCreated } = outcome;
      const states = printStates(notes, type);
      return { fromAccountId, accountId, ...states, created: orNothing(created), notCreated: printErrors(notCreated) };
    },
  };
}

async function copyOne<Id>(
  step: SetContext,
  from: AccountContext,
  type: TypeHead<Id>,
  part: CopyPart<Id>,
  record: JsonObject,
): Promise<{ readonly text: string; readonly created: Created<Id> }> {
  const { id: original, ...rest } = record;
  const text = typeof original === 'string' ? step.created.resolve(original) : undefined;
  if (text === undefined) throw new SetFailure({ type: 'invalidProperties', properties: ['id'] });
  const id = type.ids.read(text);
  if (id === undefined) throw new SetFailure({ type: 'notFound' });
  return { text, created: await part.run(step, from, id, overridesOf(step, type, rest)) };
}

/** Only what the client gave: what it did not is copied, not set to a default. */
function overridesOf<Id>(step: SetContext, type: TypeHead<Id>, given: JsonObject): JsonObject {
  const optionalHere = Object.entries(type.properties).map(
    ([name, property]) => [name, { ...property, isRequired: false, otherwise: undefined }] as const,
  );
  const head: TypeHead<Id> = { ...type, properties: Object.fromEntries(optionalHere) };
  const missing = dependencies(head, given).find((creationId) => step.created.resolve(`#${creationId}`) === undefined);
  if (missing !== undefined)
    throw new SetFailure({ type: 'invalidProperties', description: `#${missing} was not made` });
  return checkRecord(head, given, step.created);
}
