/** A type of record as a table: its properties and its verbs; define.ts makes methods of it. */
import type { ArgumentsOf, ArgumentTable, Reader } from '#formats/jmap/arguments.ts';
import type { SetError } from '#formats/jmap/errors.ts';
import type { Comparator, Filter } from '#formats/jmap/filter.ts';
import { printNumberedId, readNumberedId } from '#formats/jmap/id.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import type { Patch } from '#formats/jmap/patch.ts';
import type { ChangeType } from '#server/store/changes.ts';
import { asId, type Brand } from '#server/store/ids.ts';

import type { AccountContext, SetContext } from './context.ts';

/** How a type's ids are written. */
export interface IdForm<Id> {
  /** undefined for what cannot be an id of this type: it is then simply not found. */
  read(text: string): Id | undefined;
  print(id: Id): string;
}

/** `m5`: a letter and the number within the account. */
export function numberedIds<Id extends Brand<number, string>>(prefix: string): IdForm<Id> {
  return {
    read: (text) => {
      const number = readNumberedId(prefix, text);
      return number === undefined ? undefined : asId<Id>(number);
    },
    print: (id) => printNumberedId(prefix, id),
  };
}

export interface Property {
  /** Of a capability beside the type's own: unknown to a request that is not `using` it (RFC 8620 §1.7). */
  readonly capability?: string;
  /** Whether a value a client gives fits; without it any does, and the handler looks. */
  readonly read?: Reader<unknown>;
  /** Never given by clients; one equal to what is there is let pass in an update (RFC 8620 §5.3). */
  readonly isServerSet?: boolean;
  /** Given at creation only. */
  readonly isImmutable?: boolean;
  /** Must be given at creation. */
  readonly isRequired?: boolean;
  /** Stands for it at creation when absent, and in an update for null. */
  readonly otherwise?: Json | undefined;
  /** Holds ids: creation ids in it are replaced before the handler sees them. `idSet`: `Id[Boolean]`. */
  readonly refersTo?: 'id' | 'ids' | 'idSet';
  /**
   * The handler of update takes patches below this property (`keywords/$seen`), and this says whether one entry fits.
   * Without it the engine applies them to the present value and hands over the property whole.
   */
  readonly readEntry?: (path: readonly string[], value: Json) => boolean;
}

export interface TypeTable<
  Id,
  GetArguments extends ArgumentTable,
  SetArguments extends ArgumentTable,
  QueryArguments extends ArgumentTable,
> {
  readonly name: string;
  readonly capability: string;
  /** Whose state this type's `state` is (RFC 8620 §1.6.2); `none` for types without (RFC 8620 §7.2). */
  readonly state: ChangeType | 'none';
  readonly ids: IdForm<Id>;
  /** All but `id`. */
  readonly properties: Readonly<Record<string, Property>>;
  /** For names no table lists, such as `header:Subject:asText`. They are immutable, and the handler looks at values. */
  readonly isProperty?: (name: string) => boolean;
  /** What /get gives when no properties are asked for; without it, all of the table. */
  readonly defaultProperties?: readonly string[];
  readonly get?: GetPart<Id, GetArguments>;
  readonly changes?: ChangesPart<Id>;
  readonly set?: SetPart<Id, SetArguments>;
  readonly copy?: CopyPart<Id>;
  readonly query?: QueryPart<Id, QueryArguments>;
}

export interface GetPart<Id, Arguments extends ArgumentTable> {
  readonly args?: Arguments;
  /**
   * Reads records that exist, each with `id` and the asked properties, in any order; the engine finds what is missing.
   * The state it answers with was read before, so a change in between is only told twice.
   * @param ids each once; null for all.
   */
  run(
    ctx: AccountContext,
    ids: readonly Id[] | null,
    properties: readonly string[],
    args: ArgumentsOf<Arguments>,
  ): Promise<readonly JsonObject[]>;
}

export interface ChangesPart<Id> {
  /**
   * @param since as the client says it: a state of /get, or a `newState` of this.
   * @throws {Refusal} `cannotCalculateChanges`, for what no one ever said too.
   */
  run(ctx: AccountContext, since: string, maxChanges: number): Promise<Changes<Id>>;
}

export interface Changes<Id> {
  readonly newState: string;
  readonly hasMoreChanges: boolean;
  /** No id in two of these (RFC 8620 §5.2). */
  readonly created: readonly Id[];
  readonly updated: readonly Id[];
  readonly destroyed: readonly Id[];
  /** Such as updatedProperties (RFC 8621 §2.2). */
  readonly more?: JsonObject;
}

export interface SetPart<Id, Arguments extends ArgumentTable> {
  readonly args?: Arguments;
  /**
   * Creates one record: its properties checked, references resolved, defaults filled in.
   * @throws {Refusal} or {SetFailure}: only this record is refused.
   */
  create?(ctx: SetContext, record: JsonObject, args: ArgumentsOf<Arguments>): Promise<Created<Id>>;
  /** Updates many, in one transaction where the verb can. An id missing from the answer counts as notFound. */
  update?(
    ctx: SetContext,
    updates: ReadonlyMap<Id, Patch>,
    args: ArgumentsOf<Arguments>,
  ): Promise<ReadonlyMap<Id, Updated>>;
  /** Destroys many. An id missing from the answer counts as notFound. */
  destroy?(ctx: SetContext, ids: readonly Id[], args: ArgumentsOf<Arguments>): Promise<ReadonlyMap<Id, Destroyed>>;
  /**
   * After all, where nothing was refused: what else changes because of it (RFC 9661 §2.4).
   * @returns the properties changed, by record; the client hears of them under created or updated.
   */
  succeed?(ctx: SetContext, outcome: SetOutcome, args: ArgumentsOf<Arguments>): Promise<ReadonlyMap<Id, JsonObject>>;
  /** After all: here implicit calls are made with `ctx.callNext`. Ids as text. */
  after?(ctx: SetContext, outcome: SetOutcome, args: ArgumentsOf<Arguments>): void;
}

export interface Created<Id> {
  readonly id: Id;
  /** Server-set properties, without `id`; the engine adds the table's defaults that the client has not given (RFC 8620 §5.3). */
  readonly properties: JsonObject;
}

/** `changed`: properties that changed otherwise than asked, with their values. */
export type Updated =
  | { readonly kind: 'updated'; readonly changed: JsonObject | null }
  | { readonly kind: 'refused'; readonly error: SetError };

export type Destroyed = { readonly kind: 'destroyed' } | { readonly kind: 'refused'; readonly error: SetError };

export interface SetOutcome {
  /** By creation id. */
  readonly created: ReadonlyMap<string, JsonObject>;
  readonly updated: ReadonlyMap<string, JsonObject | null>;
  readonly destroyed: readonly string[];
}

export interface CopyPart<Id> {
  /**
   * Copies one record of `from` into the account of `ctx`.
   * @param overrides properties given in its stead, checked as at creation.
   * @throws {Refusal} or {SetFailure}: `notFound` where `from` has no such record; `alreadyExists`.
   */
  run(ctx: SetContext, from: AccountContext, id: Id, overrides: JsonObject): Promise<Created<Id>>;
}

/** What of a query can be told without running it. */
export interface QueryTable {
  /** What a condition may hold (`unsupportedFilter` for other names, `invalidArguments` for values that do not fit). */
  readonly conditions: Readonly<Record<string, Reader<unknown>>>;
  /** Members of conditions that are ids: creation ids in them are replaced. */
  readonly idConditions?: readonly string[];
  readonly sorts: readonly string[];
  /** Members a comparator may have beside RFC 8620's. */
  readonly sortMembers?: readonly string[];
}

export interface QueryPart<Id, Arguments extends ArgumentTable> extends QueryTable {
  readonly args?: Arguments;
  /** @throws {Refusal} `unsupportedFilter`, `unsupportedSort`, `anchorNotFound`. */
  run(ctx: AccountContext, query: Query<Id>, args: ArgumentsOf<Arguments>): Promise<QueryResult<Id>>;
  /** @throws {Refusal} `cannotCalculateChanges`. */
  changes?(ctx: AccountContext, query: QueryDelta<Id>, args: ArgumentsOf<Arguments>): Promise<QueryChanges<Id>>;
}

export interface Query<Id> {
  readonly filter: Filter | undefined;
  readonly sort: readonly Comparator[];
  /** Ignored where there is an anchor; below 0 it counts from the end. */
  readonly position: number;
  readonly anchor: Id | undefined;
  readonly anchorOffset: number;
  readonly limit: number;
  readonly calculateTotal: boolean;
}

export interface QueryResult<Id> {
  readonly queryState: string;
  readonly canCalculateChanges: boolean;
  readonly ids: readonly Id[];
  readonly position: number;
  /** Where it was asked for. */
  readonly total?: number | undefined;
}

export interface QueryDelta<Id> {
  readonly filter: Filter | undefined;
  readonly sort: readonly Comparator[];
  readonly sinceQueryState: string;
  readonly maxChanges: number | undefined;
  readonly upToId: Id | undefined;
  readonly calculateTotal: boolean;
}

export interface QueryChanges<Id> {
  readonly newQueryState: string;
  readonly removed: readonly Id[];
  /** Ascending by index in the new list. */
  readonly added: readonly { readonly id: Id; readonly index: number }[];
  readonly total?: number | undefined;
}

/** The part of a table that every method needs. */
export type TypeHead<Id> = Pick<
  TypeTable<Id, ArgumentTable, ArgumentTable, ArgumentTable>,
  'name' | 'capability' | 'state' | 'ids' | 'properties' | 'isProperty' | 'defaultProperties'
>;

/** The type as a request that is `using` these capabilities knows it. */
export function typeFor<Type extends Pick<TypeHead<never>, 'properties'>>(
  type: Type,
  using: ReadonlySet<string>,
): Type {
  const members = Object.entries(type.properties);
  const known = members.filter(([, { capability }]) => capability === undefined || using.has(capability));
  return known.length === members.length ? type : { ...type, properties: Object.fromEntries(known) };
}

export function isKnownProperty<Id>(type: TypeHead<Id>, name: string): boolean {
  return name === 'id' || Object.hasOwn(type.properties, name) || (type.isProperty?.(name) ?? false);
}
