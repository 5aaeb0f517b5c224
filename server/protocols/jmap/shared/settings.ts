/** SharedSettings, our own type: one record of what a functional mailbox keeps for each reader or for all (id `singleton`). */
import { aBoolean } from '#formats/jmap/arguments.ts';
import { readSeenIsPersonal, setSeenIsPersonal } from '#server/mail/personal/switch.ts';

import { sharedCapability } from '#server/protocols/jmap/capabilities.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { eachUpdate } from '#server/protocols/jmap/engine/set.ts';
import type { IdForm } from '#server/protocols/jmap/engine/type.ts';

type SettingsId = 'singleton';
const singleton: SettingsId = 'singleton';
const ids: IdForm<SettingsId> = { read: (text) => (text === singleton ? singleton : undefined), print: (id) => id };

export const sharedSettingsMethods = defineType<SettingsId>({
  name: 'SharedSettings',
  capability: sharedCapability,
  state: 'none',
  ids,
  properties: { isSeenPersonal: { read: aBoolean } },
  get: {
    async run({ store, actor, accountId }, wanted, names) {
      if (wanted !== null && !wanted.includes(singleton)) return [];
      const isSeenPersonal = await readSeenIsPersonal(store, actor, accountId);
      return [{ id: singleton, ...(names.includes('isSeenPersonal') && { isSeenPersonal }) }];
    },
  },
  set: {
    update: ({ store, actor, accountId }, updates) =>
      eachUpdate(updates, async (_, patch) => {
        const change = patch.get('isSeenPersonal');
        if (change?.kind === 'replace') await setSeenIsPersonal(store, actor, accountId, change.value === true);
        return null;
      }),
  },
});
