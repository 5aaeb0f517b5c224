/**
 * AppPassword, our own type: a key for one program on one device (server/access/credential.ts). Its `password` is in the
 * answer to the creation and nowhere else. Only a session of one's own may look or change: a program must not make
 * itself another key. There is no /changes: last use moves with every connection, and whoever looks reads the few there are.
 */
import { listOf, oneOf, type Reader } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { JsonObject } from '#formats/jmap/json.ts';
import type { Scope } from '#server/access/actor.ts';
import {
  addCredential,
  type Credential,
  listCredentials,
  offeredScopes,
  type PersonRef,
  revokeCredential,
} from '#server/access/credential.ts';
import { Refusal } from '#server/access/refusal.ts';
import { asUuid, type Uuid } from '#server/store/ids.ts';

import { accessCapability } from '#server/protocols/jmap/capabilities.ts';
import { type AccountContext, SetFailure } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { eachDestroy } from '#server/protocols/jmap/engine/set.ts';
import type { IdForm } from '#server/protocols/jmap/engine/type.ts';

const ids: IdForm<Uuid> = { read: asUuid, print: (id) => id };

const aName: Reader<string> = (value) =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 200 ? value.trim() : undefined;

/** What the program may do; a key for nothing is a mistake. */
const someScopes: Reader<readonly Scope[]> = (value) => {
  const scopes = listOf(oneOf(...offeredScopes))(value);
  return scopes && scopes.length > 0 ? [...new Set(scopes)] : undefined;
};

export const appPasswordMethods = defineType<Uuid>({
  name: 'AppPassword',
  capability: accessCapability,
  state: 'none',
  ids,
  properties: {
    name: { read: aName, isRequired: true, isImmutable: true },
    scopes: { read: someScopes, isImmutable: true, otherwise: [...offeredScopes] },
    createdAt: { isServerSet: true },
    lastUsedAt: { isServerSet: true },
    lastUsedFrom: { isServerSet: true },
  },
  get: {
    async run(ctx, wanted, properties) {
      const all = await appPasswordsOf(ctx);
      const asked = wanted ? all.filter(({ id }) => wanted.includes(id)) : all;
      return asked.map((one) => {
        const printed = printAppPassword(one);
        return Object.fromEntries(['id', ...properties].map((name) => [name, printed[name] ?? null]));
      });
    },
  },
  set: {
    async create(ctx, record) {
      const person = ownerOf(ctx);
      const name = aName(record['name'] ?? null) ?? '';
      const scopes = someScopes(record['scopes'] ?? null) ?? offeredScopes;
      const { id, secret } = await addOne(ctx, { ...person, name, scopes });
      const [made] = (await appPasswordsOf(ctx)).filter((one) => one.id === id);
      return { id, properties: { password: secret, createdAt: printUtcDate(made?.createdAt ?? ctx.store.now()) } };
    },
    async destroy(ctx, wanted) {
      const person = ownerOf(ctx);
      const known = new Set((await appPasswordsOf(ctx)).map(({ id }) => id));
      return eachDestroy(wanted, async (id) => {
        if (!known.has(id) || !(await revokeCredential(ctx.store, ctx.actor, person, id))) {
          throw new SetFailure({ type: 'notFound' });
        }
      });
    },
  },
});

/** @throws {MethodError} `accountNotSupportedByMethod`: a mailbox that somebody shares has no keys. */
function ownerOf({ account, actor }: AccountContext): PersonRef {
  if (!account.isOwn) throw new MethodError('accountNotSupportedByMethod');
  return { tenantId: actor.tenantId, personId: actor.personId };
}

/** Oldest first. @throws {Refusal} `mayNot` for whoever is not in a session of their own. */
async function appPasswordsOf(ctx: AccountContext): Promise<readonly Credential[]> {
  const all = await listCredentials(ctx.store, ctx.actor, ownerOf(ctx));
  return all.filter(({ kind }) => kind === 'appPassword');
}

async function addOne(
  ctx: AccountContext,
  given: PersonRef & Pick<Credential, 'name' | 'scopes'>,
): Promise<{ readonly id: Uuid; readonly secret: string }> {
  try {
    return await addCredential(ctx.store, ctx.actor, { ...given, kind: 'appPassword' });
  } catch (error) {
    // JMAP's word for too many objects of a type (RFC 8620 §5.3); elsewhere `tooMany` counts recipients.
    if (error instanceof Refusal && error.reason === 'tooMany') throw new SetFailure({ type: 'overQuota' });
    throw error;
  }
}

function printAppPassword({ id, name, scopes, createdAt, lastUsedAt, lastUsedFrom }: Credential): JsonObject {
  return {
    id,
    name,
    scopes: [...scopes],
    createdAt: printUtcDate(createdAt),
    lastUsedAt: lastUsedAt === null ? null : printUtcDate(lastUsedAt),
    lastUsedFrom,
  };
}
