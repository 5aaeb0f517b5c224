/** Foo/get (RFC 8620 §5.1). */
import {
  anId,
  aString,
  type ArgumentTable,
  listOf,
  nullable,
  optional,
  readBoth,
  required,
} from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { Json } from '#formats/jmap/json.ts';

import { openAccount } from './context.ts';
import type { Method } from './method.ts';
import { stateOf } from './state.ts';
import { type GetPart, isKnownProperty, typeFor, type TypeHead } from './type.ts';

const ours = {
  accountId: required(aString),
  ids: optional(nullable(listOf(anId)), null),
  properties: optional(nullable(listOf(aString)), null),
};

export function getMethod<Id, Arguments extends ArgumentTable>(
  table: TypeHead<Id>,
  part: GetPart<Id, Arguments>,
): Method {
  return {
    name: `${table.name}/get`,
    capability: table.capability,
    async run(call, args) {
      const type = typeFor(table, call.using);
      const [{ accountId, ids: asked, properties: wanted }, own] = readBoth(ours, part.args, args);
      const ctx = await openAccount(call, accountId, type.capability, 'read');
      if (asked && asked.length > call.limits.maxObjectsInGet) throw new MethodError('requestTooLarge');
      const properties = wanted
        ? [...new Set(['id', ...wanted])]
        : (type.defaultProperties ?? ['id', ...Object.keys(type.properties)]);
      const unknown = properties.find((name) => !isKnownProperty(type, name));
      if (unknown !== undefined) throw new MethodError('invalidArguments', `no property ${unknown}`);

      const byText = new Map((asked ?? []).map((text) => [text, resolveId(type, call.created.resolve(text))]));
      const state = await stateOf(ctx, type);
      const known = [...byText.values()].filter((id) => id !== undefined);
      const list = await part.run(ctx, asked ? [...new Set(known)] : null, properties, own);
      if (!asked && list.length > call.limits.maxObjectsInGet) throw new MethodError('requestTooLarge');
      const found = new Set<Json | undefined>(list.map((record) => record['id']));
      const notFound = [...byText].filter(([, id]) => id === undefined || !found.has(type.ids.print(id)));
      return { accountId, state, list, notFound: notFound.map(([text]) => text) };
    },
  };
}

function resolveId<Id>(type: TypeHead<Id>, text: string | undefined): Id | undefined {
  return text === undefined ? undefined : type.ids.read(text);
}
