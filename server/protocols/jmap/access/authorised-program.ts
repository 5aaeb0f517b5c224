/**
 * AuthorisedProgram, our own type: a program or service that its person let know who they are, or read their mail
 * (server/provider/consent.ts). It is made on the consent page alone; destroying it ends all it has at once. There is no
 * /changes: last use moves with every connection, and whoever looks reads the few there are.
 */
import { printUtcDate } from '#formats/jmap/date.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { Json } from '#formats/jmap/json.ts';
import { type Authorised, listAuthorised, revokeAuthorised } from '#server/provider/consent.ts';
import { accessCapability } from '#server/protocols/jmap/capabilities.ts';
import { type AccountContext, SetFailure } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { eachDestroy } from '#server/protocols/jmap/engine/set.ts';
import type { IdForm } from '#server/protocols/jmap/engine/type.ts';
import { asUuid, type Uuid } from '#server/store/ids.ts';

const ids: IdForm<Uuid> = { read: asUuid, print: (id) => id };

const printers: Readonly<Record<string, (one: Authorised) => Json>> = {
  id: ({ clientId }) => clientId,
  name: ({ name }) => name,
  isFirstParty: ({ isFirstParty }) => isFirstParty,
  scopes: ({ scopes }) => [...scopes],
  createdAt: ({ createdAt }) => printUtcDate(createdAt),
  lastUsedAt: ({ lastUsedAt }) => (lastUsedAt === null ? null : printUtcDate(lastUsedAt)),
  lastUsedFrom: ({ lastUsedFrom }) => lastUsedFrom,
};

const isServerSet = { isServerSet: true } as const;

export const authorisedProgramMethods = defineType<Uuid>({
  name: 'AuthorisedProgram',
  capability: accessCapability,
  state: 'none',
  ids,
  properties: {
    name: isServerSet,
    isFirstParty: isServerSet,
    scopes: isServerSet,
    createdAt: isServerSet,
    lastUsedAt: isServerSet,
    lastUsedFrom: isServerSet,
  },
  get: {
    async run(ctx, wanted, names) {
      requireOwn(ctx);
      const all = await listAuthorised(ctx.store, ctx.actor);
      const asked = wanted ? all.filter(({ clientId }) => wanted.some((id) => id === clientId)) : all;
      return asked.map((one) =>
        Object.fromEntries(['id', ...names].map((name): [string, Json] => [name, printers[name]?.(one) ?? null])),
      );
    },
  },
  set: {
    destroy(ctx, wanted) {
      requireOwn(ctx);
      return eachDestroy(wanted, async (id) => {
        if (!(await revokeAuthorised(ctx.store, ctx.actor, id))) throw new SetFailure({ type: 'notFound' });
      });
    },
  },
});

/** @throws {MethodError} `accountNotSupportedByMethod`: a mailbox that somebody shares lets no program in. */
function requireOwn({ account }: AccountContext): void {
  if (!account.isOwn) throw new MethodError('accountNotSupportedByMethod');
}
