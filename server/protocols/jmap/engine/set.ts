/**
 * Foo/set (RFC 8620 §5.3). Each record stands or falls alone; creations come first, in the order in which they need
 * each other, then updates, then destructions, each group handed to the type's verbs as one.
 */
import {
  anId,
  anObject,
  aString,
  type ArgumentsOf,
  type ArgumentTable,
  listOf,
  mapOf,
  orNull,
  readBoth,
  required,
} from '#formats/jmap/arguments.ts';
import { MethodError, printSetError, type SetError } from '#formats/jmap/errors.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import type { Patch } from '#formats/jmap/patch.ts';
import { Refusal } from '#server/access/refusal.ts';
import { clockOf } from '#server/changes/clock.ts';
import type { Modseq } from '#server/store/ids.ts';

import { type AccountContext, openAccount, type SetContext, SetFailure } from './context.ts';
import { fault } from './fault.ts';
import type { Method } from './method.ts';
import { checkPatch, checkRecord, completePatch, inOrder } from './record.ts';
import { saySetError } from './say.ts';
import { type Noting, noting, readState, stateIn } from './state.ts';
import {
  type Created,
  type Destroyed,
  type GetPart,
  type SetPart,
  typeFor,
  type TypeHead,
  type Updated,
} from './type.ts';

const ours = {
  accountId: required(aString),
  ifInState: orNull(aString),
  create: orNull(mapOf(anObject, anId)),
  update: orNull(mapOf(anObject, anId)),
  destroy: orNull(listOf(anId)),
};

type Type<Id> = TypeHead<Id> & { readonly get?: GetPart<Id, ArgumentTable> | GetPart<Id, never> };

/** What came of a /set, on its way. Ids as text. */
export interface Outcome {
  readonly created: Map<string, JsonObject>;
  readonly updated: Map<string, JsonObject | null>;
  readonly destroyed: string[];
  readonly notCreated: Map<string, SetError>;
  readonly notUpdated: Map<string, SetError>;
  readonly notDestroyed: Map<string, SetError>;
}

export function setMethod<Id, Arguments extends ArgumentTable>(table: Type<Id>, part: SetPart<Id, Arguments>): Method {
  return {
    name: `${table.name}/set`,
    capability: table.capability,
    async run(call, args) {
      const type = typeFor(table, call.using);
      const [{ accountId, ifInState, create, update, destroy }, own] = readBoth(ours, part.args, args);
      const ctx = await openAccount(call, accountId, type.capability, 'write');
      const size = (create?.size ?? 0) + (update?.size ?? 0) + (destroy?.length ?? 0);
      if (size > call.limits.maxObjectsInSet) throw new MethodError('requestTooLarge');
      const { set, notes } = await openSet(ctx, type, ifInState);
      const outcome = newOutcome();
      const todo = { create: create ?? new Map(), update: update ?? new Map(), destroy: destroy ?? [] };
      try {
        await notes.run(async () => {
          await createAll(set, type, part, todo.create, own, outcome);
          await updateAll(set, type, part, todo.update, new Set(todo.destroy), own, outcome);
          await destroyAll(set, type, part, todo.destroy, own, outcome);
          await succeed(set, type, part, own, outcome);
        });
      } catch (error) {
        throw notes.hasWritten() ? partly(ctx, error) : error;
      }
      part.after?.(set(), outcome, own);
      return { accountId, ...printStates(notes, type), ...printOutcome(outcome) };
    },
  };
}

/** Gives the context of each step: `ifInState` holds until the first write of our own. */
export type OpenSet = () => SetContext;

export async function openSet<Id>(
  ctx: AccountContext,
  type: TypeHead<Id>,
  ifInState: string | null,
): Promise<{ readonly set: OpenSet; readonly notes: Noting }> {
  const clock = await clockOf(ctx.store, ctx.accountId);
  if (ifInState !== null && ifInState !== stateIn(clock, type)) throw new MethodError('stateMismatch');
  const expected: Modseq | undefined = ifInState === null ? undefined : readState(ifInState);
  const notes = noting(ctx.accountId, clock);
  const set = (): SetContext => ({ ...ctx, ifInState: notes.hasWritten() ? undefined : expected });
  return { set, notes };
}

export function newOutcome(): Outcome {
  return {
    created: new Map(),
    updated: new Map(),
    destroyed: [],
    notCreated: new Map(),
    notUpdated: new Map(),
    notDestroyed: new Map(),
  };
}

async function createAll<Id, Arguments extends ArgumentTable>(
  set: OpenSet,
  type: TypeHead<Id>,
  part: SetPart<Id, Arguments>,
  records: ReadonlyMap<string, JsonObject>,
  args: ArgumentsOf<Arguments>,
  outcome: Outcome,
): Promise<void> {
  for (const [creationId, record] of inOrder(type, records)) {
    const ctx = set();
    await createOne(ctx, type, creationId, outcome, async () => {
      if (!part.create) throw new SetFailure({ type: 'forbidden' });
      const { id, properties } = await part.create(ctx, checkRecord(type, record, ctx.created), args);
      return { id, properties: { ...defaultsFor(type, record), ...properties } };
    });
  }
}

/** What the client left out and got by default: it is told (RFC 8620 §5.3). */
function defaultsFor<Id>(type: TypeHead<Id>, given: JsonObject): JsonObject {
  const members: [string, Json][] = [];
  for (const [name, { otherwise }] of Object.entries(type.properties)) {
    if (otherwise !== undefined && !Object.hasOwn(given, name)) members.push([name, otherwise]);
  }
  return Object.fromEntries(members);
}

/** Runs one creation and files what came of it. */
export async function createOne<Id>(
  ctx: SetContext,
  type: TypeHead<Id>,
  creationId: string,
  outcome: Outcome,
  create: () => Promise<Created<Id>> | Created<Id>,
): Promise<void> {
  try {
    const { id, properties } = await create();
    const text = type.ids.print(id);
    ctx.created.note(creationId, text);
    outcome.created.set(creationId, { id: text, ...properties });
  } catch (error) {
    outcome.notCreated.set(creationId, saidOfOne(error));
  }
}

async function updateAll<Id, Arguments extends ArgumentTable>(
  set: OpenSet,
  type: Type<Id>,
  part: SetPart<Id, Arguments>,
  updates: ReadonlyMap<string, JsonObject>,
  willDestroy: ReadonlySet<string>,
  args: ArgumentsOf<Arguments>,
  outcome: Outcome,
): Promise<void> {
  if (updates.size === 0) return;
  const ctx = set();
  const patches = new Map<Id, Patch>();
  const textOf = new Map<Id, string>();
  for (const [text, value] of updates) {
    try {
      if (willDestroy.has(text)) throw new SetFailure({ type: 'willDestroy' });
      if (!part.update) throw new SetFailure({ type: 'forbidden' });
      const id = readId(ctx, type, text);
      const checked = checkPatch(type, value, ctx.created);
      const patch =
        checked.needs.length === 0
          ? checked.patch
          : completePatch(type, checked, await current(ctx, type, id, checked.needs));
      if (patches.has(id)) throw new SetFailure({ type: 'invalidPatch', description: 'updated twice' });
      patches.set(id, patch);
      textOf.set(id, text);
    } catch (error) {
      outcome.notUpdated.set(text, saidOfOne(error));
    }
  }
  if (!part.update || patches.size === 0) return;
  const results = await part.update(ctx, patches, args);
  for (const [id, text] of textOf) {
    const result: Updated = results.get(id) ?? { kind: 'refused', error: { type: 'notFound' } };
    if (result.kind === 'updated') outcome.updated.set(type.ids.print(id), result.changed);
    else outcome.notUpdated.set(text, result.error);
  }
}

async function destroyAll<Id, Arguments extends ArgumentTable>(
  set: OpenSet,
  type: TypeHead<Id>,
  part: SetPart<Id, Arguments>,
  texts: readonly string[],
  args: ArgumentsOf<Arguments>,
  outcome: Outcome,
): Promise<void> {
  if (texts.length === 0) return;
  const ctx = set();
  const textOf = new Map<Id, string>();
  for (const text of texts) {
    try {
      if (!part.destroy) throw new SetFailure({ type: 'forbidden' });
      textOf.set(readId(ctx, type, text), text);
    } catch (error) {
      outcome.notDestroyed.set(text, saidOfOne(error));
    }
  }
  if (!part.destroy || textOf.size === 0) return;
  const results = await part.destroy(ctx, [...textOf.keys()], args);
  for (const [id, text] of textOf) {
    const result: Destroyed = results.get(id) ?? { kind: 'refused', error: { type: 'notFound' } };
    if (result.kind === 'destroyed') outcome.destroyed.push(type.ids.print(id));
    else outcome.notDestroyed.set(text, result.error);
  }
}

async function succeed<Id, Arguments extends ArgumentTable>(
  set: OpenSet,
  type: Type<Id>,
  part: SetPart<Id, Arguments>,
  args: ArgumentsOf<Arguments>,
  outcome: Outcome,
): Promise<void> {
  const refused = outcome.notCreated.size + outcome.notUpdated.size + outcome.notDestroyed.size;
  if (!part.succeed || refused > 0) return;
  for (const [id, changed] of await part.succeed(set(), outcome, args)) {
    const text = type.ids.print(id);
    const made = [...outcome.created].find(([, record]) => record['id'] === text);
    if (made) outcome.created.set(made[0], { ...made[1], ...changed });
    else outcome.updated.set(text, { ...outcome.updated.get(text), ...changed });
  }
}

/** @throws {SetFailure} `notFound`. */
function readId<Id>(ctx: SetContext, type: TypeHead<Id>, text: string): Id {
  const resolved = ctx.created.resolve(text);
  const id = resolved === undefined ? undefined : type.ids.read(resolved);
  if (id === undefined) throw new SetFailure({ type: 'notFound' });
  return id;
}

async function current<Id>(
  ctx: SetContext,
  type: Type<Id>,
  id: Id,
  properties: readonly string[],
): Promise<JsonObject> {
  const args: ArgumentsOf<ArgumentTable> = {};
  const [record] = (await type.get?.run(ctx, [id], ['id', ...properties], args as never)) ?? [];
  if (!record) throw new SetFailure({ type: 'notFound' });
  return record;
}

/** A refusal in the words of a record's error. @throws whatever is no refusal. */
export function saidOfOne(error: unknown): SetError {
  if (error instanceof SetFailure) return error.error;
  if (error instanceof Refusal && error.reason !== 'stateMismatch') return saySetError(error);
  throw error;
}

/** Runs `one` for each id and files refusals under it: for verbs that take one record at a time. */
export async function eachUpdate<Id, T>(
  items: ReadonlyMap<Id, T>,
  one: (id: Id, item: T) => Promise<JsonObject | null>,
): Promise<ReadonlyMap<Id, Updated>> {
  const results = new Map<Id, Updated>();
  for (const [id, item] of items) {
    try {
      results.set(id, { kind: 'updated', changed: await one(id, item) });
    } catch (error) {
      results.set(id, { kind: 'refused', error: saidOfOne(error) });
    }
  }
  return results;
}

/** The same for destructions. */
export async function eachDestroy<Id>(
  ids: readonly Id[],
  one: (id: Id) => Promise<unknown>,
): Promise<ReadonlyMap<Id, Destroyed>> {
  const results = new Map<Id, Destroyed>();
  for (const id of ids) {
    try {
      await one(id);
      results.set(id, { kind: 'destroyed' });
    } catch (error) {
      results.set(id, { kind: 'refused', error: saidOfOne(error) });
    }
  }
  return results;
}

/** Some of it is done and the rest went wrong: the client must look again (RFC 8620 §3.6.2). */
export function partly(ctx: AccountContext, error: unknown): MethodError {
  const cause = fault(ctx.house.log, error);
  return new MethodError('serverPartialFail', cause.message);
}

export function printStates<Id>(notes: Noting, type: TypeHead<Id>): JsonObject {
  const { before, after } = notes.states(type);
  return { oldState: before ?? null, newState: after };
}

function printOutcome(outcome: Outcome): JsonObject {
  return {
    created: orNothing(outcome.created),
    updated: orNothing(outcome.updated),
    destroyed: outcome.destroyed.length > 0 ? outcome.destroyed : null,
    notCreated: printErrors(outcome.notCreated),
    notUpdated: printErrors(outcome.notUpdated),
    notDestroyed: printErrors(outcome.notDestroyed),
  };
}

export function orNothing(map: ReadonlyMap<string, JsonObject | null>): JsonObject | null {
  return map.size > 0 ? Object.fromEntries(map) : null;
}

export function printErrors(errors: ReadonlyMap<string, SetError>): JsonObject | null {
  return errors.size > 0 ? Object.fromEntries([...errors].map(([id, error]) => [id, printSetError(error)])) : null;
}
