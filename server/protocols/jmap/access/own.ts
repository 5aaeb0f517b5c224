/** What the types about one's own account share: no mailbox that somebody shares has any of them. */
import { MethodError } from '#formats/jmap/errors.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import type { JsonObject } from '#formats/jmap/json.ts';
import type { PersonActor } from '#server/access/actor.ts';
import { asUuid, type Uuid } from '#server/store/ids.ts';

import type { AccountContext } from '#server/protocols/jmap/engine/context.ts';
import type { IdForm } from '#server/protocols/jmap/engine/type.ts';

export const uuids: IdForm<Uuid> = { read: asUuid, print: (id) => id };

/** @throws {MethodError} `accountNotSupportedByMethod` for an account that is not the person's own. */
export function ownActor({ account, actor }: AccountContext): PersonActor {
  if (!account.isOwn) throw new MethodError('accountNotSupportedByMethod');
  return actor;
}

/** Those asked for, with the properties asked for. */
export function pick<Id extends string>(
  all: readonly (JsonObject & { readonly id: Id })[],
  wanted: readonly Id[] | null,
  properties: readonly string[],
): readonly JsonObject[] {
  const asked = wanted ? all.filter(({ id }) => wanted.includes(id)) : all;
  return asked.map((one: JsonObject) =>
    Object.fromEntries(['id', ...properties].map((name) => [name, one[name] ?? null])),
  );
}

export function dateOrNull(at: number | null): string | null {
  return at === null ? null : printUtcDate(at);
}
