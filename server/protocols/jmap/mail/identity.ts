/** Identity (RFC 8621 §6). */
import { aString, listOf, nullable } from '#formats/jmap/arguments.ts';
import type { SetError } from '#formats/jmap/errors.ts';
import type { Json } from '#formats/jmap/json.ts';
import type { EmailAddress } from '#formats/address/types.ts';
import { Refusal } from '#server/access/refusal.ts';
import {
  createIdentity,
  destroyIdentity,
  type IdentitySettings,
  updateIdentity,
} from '#server/mail/identities/change.ts';
import { type Identity, identityChanges, listIdentities } from '#server/mail/identities/list.ts';

import { submissionCapability } from '#server/protocols/jmap/capabilities.ts';
import { SetFailure } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { eachDestroy, eachUpdate } from '#server/protocols/jmap/engine/set.ts';
import { changesOf } from './changes.ts';
import { anEmailAddress } from './email-properties.ts';
import { identityIds } from './ids.ts';

const addresses = nullable(listOf(anEmailAddress));

const printers: Readonly<Record<string, (identity: Identity) => Json>> = {
  id: ({ id }) => identityIds.print(id),
  name: ({ name }) => name,
  email: ({ email }) => email,
  replyTo: ({ replyTo }) => printAddresses(replyTo),
  bcc: ({ bcc }) => printAddresses(bcc),
  textSignature: ({ textSignature }) => textSignature,
  htmlSignature: ({ htmlSignature }) => htmlSignature,
  mayDelete: ({ mayDelete }) => mayDelete,
};

function printAddresses(list: readonly EmailAddress[] | null): Json {
  return list && list.map(({ name, email }) => ({ name, email }));
}

export const identityMethods = defineType({
  name: 'Identity',
  capability: submissionCapability,
  state: 'Identity',
  ids: identityIds,
  properties: {
    name: { read: aString, otherwise: '' },
    email: { read: aString, isImmutable: true, isRequired: true },
    replyTo: { read: addresses, otherwise: null },
    bcc: { read: addresses, otherwise: null },
    textSignature: { read: aString, otherwise: '' },
    htmlSignature: { read: aString, otherwise: '' },
    mayDelete: { isServerSet: true },
  },
  get: {
    async run({ store, actor, accountId }, ids, names) {
      const { identities } = await listIdentities(store, actor, accountId);
      const found = ids === null ? identities : identities.filter(({ id }) => ids.includes(id));
      return found.map((identity) =>
        Object.fromEntries(names.map((name) => [name, printers[name]?.(identity) ?? null])),
      );
    },
  },
  changes: {
    run: async ({ store, actor, accountId }, since, maxChanges) =>
      changesOf(identityIds, await identityChanges(store, actor, accountId, since, maxChanges)),
  },
  set: {
    async create({ store, actor, accountId }, record) {
      const id = await createIdentity(store, actor, accountId, {
        ...noSettings,
        ...settingsOf(Object.entries(record)),
      }).catch(sayingOf);
      return { id, properties: { mayDelete: true } };
    },
    update: ({ store, actor, accountId }, updates) =>
      eachUpdate(updates, async (id, patch) => {
        const given = [...patch].flatMap(([name, change]): [string, Json][] =>
          change.kind === 'replace' ? [[name, change.value]] : [],
        );
        const { email: _, ...settings } = settingsOf(given);
        if (given.length > 0) await updateIdentity(store, actor, accountId, id, settings);
        return null;
      }),
    destroy: ({ store, actor, accountId }, ids) =>
      eachDestroy(ids, (id) => destroyIdentity(store, actor, accountId, id)),
  },
});

const noSettings: IdentitySettings = {
  name: '',
  email: '',
  replyTo: null,
  bcc: null,
  textSignature: '',
  htmlSignature: '',
};

/** Members checked by the type's table already. */
function settingsOf(members: readonly (readonly [string, Json])[]): Partial<IdentitySettings> {
  const settings: { -readonly [Name in keyof IdentitySettings]?: IdentitySettings[Name] } = {};
  for (const [name, value] of members) {
    if (name === 'replyTo' || name === 'bcc') settings[name] = addresses(value) ?? null;
    else if (name === 'name' || name === 'email' || name === 'textSignature' || name === 'htmlSignature') {
      settings[name] = aString(value) ?? '';
    }
  }
  return settings;
}

function sayingOf(error: unknown): never {
  if (error instanceof Refusal && error.reason === 'tooMany') {
    const said: SetError = { type: 'overQuota', description: `no more than ${error.details.limit} identities` };
    throw new SetFailure(said);
  }
  throw error;
}
