/** What each kind of resource does, whether it is asked by a request of its own or by one operation of many. */
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { ScimError } from '#formats/scim/error.ts';
import type { Filter } from '#formats/scim/filter.ts';
import type { PatchOperation } from '#formats/scim/patch.ts';
import type { Selection } from '#formats/scim/select.ts';
import type { DirectoryActor } from '#server/access/actor.ts';
import { asId, type Brand } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import type { ResourceType } from './schemas.ts';

export interface Asked {
  readonly store: Store;
  readonly actor: DirectoryActor;
  /** `https://mail.example.org/scim/v2`. */
  readonly base: string;
}

export interface Query {
  readonly filter: Filter | undefined;
  /** Text of an attribute path. */
  readonly sortBy: string | undefined;
  readonly isDescending: boolean;
  /** From 1. */
  readonly startIndex: number;
  readonly count: number;
  readonly selection: Selection;
}

export interface Page {
  readonly total: number;
  readonly resources: readonly JsonObject[];
}

/** Resources are whole: what is returned of them is selected when they are sent. */
export interface Endpoint {
  readonly type: ResourceType;
  read(asked: Asked, id: string, selection: Selection): Promise<JsonObject>;
  query(asked: Asked, query: Query): Promise<Page>;
  create(asked: Asked, data: Json): Promise<JsonObject>;
  replace(asked: Asked, id: string, data: Json, ifMatch: string | undefined): Promise<JsonObject>;
  patch(
    asked: Asked,
    id: string,
    operations: readonly PatchOperation[],
    ifMatch: string | undefined,
  ): Promise<JsonObject>;
  remove(asked: Asked, id: string, ifMatch: string | undefined): Promise<void>;
}

/** @throws {ScimError} 404 for what is no id of ours: nothing has it. */
export function readId<Id extends Brand<number, string>>(prefix: string, text: string): Id {
  const digits = text.startsWith(prefix) ? text.slice(prefix.length) : '';
  if (!/^[1-9]\d{0,14}$/.test(digits)) throw new ScimError(404, undefined, `no resource ${text.slice(0, 100)}`);
  return asId<Id>(Number(digits));
}

/** Weak: the same state may be printed in two ways (RFC 7644 §3.14). */
export function printVersion(version: string): string {
  return `W/"${version}"`;
}

/** Whether a header names this version (RFC 9110 §13.1.1); `*` names every one. */
export function namesVersion(header: string, version: string): boolean {
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === `"${version}"`);
}

/** @throws {ScimError} 412. */
export function requireVersion(ifMatch: string | undefined, version: string): void {
  if (ifMatch !== undefined && !namesVersion(ifMatch, version))
    throw new ScimError(412, undefined, 'it was changed meanwhile');
}
