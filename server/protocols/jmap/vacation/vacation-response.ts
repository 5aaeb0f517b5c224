/** VacationResponse/get and /set (RFC 8621 §8): one record an account, always there. */
import { aBoolean, aString, aUtcDate, nullable } from '#formats/jmap/arguments.ts';
import { printUtcDate, readUtcDate } from '#formats/jmap/date.ts';
import type { Json } from '#formats/jmap/json.ts';
import type { Patch } from '#formats/jmap/patch.ts';
import { changeVacation, readVacation, type VacationSettings } from '#server/filters/vacation/change.ts';

import { vacationCapability } from '#server/protocols/jmap/capabilities.ts';
import { SetFailure } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { eachUpdate } from '#server/protocols/jmap/engine/set.ts';
import type { Destroyed, IdForm } from '#server/protocols/jmap/engine/type.ts';

type Singleton = 'singleton';

const singletonIds: IdForm<Singleton> = {
  read: (text) => (text === 'singleton' ? 'singleton' : undefined),
  print: (id) => id,
};

const printers: Readonly<Record<string, (settings: VacationSettings) => Json>> = {
  id: () => 'singleton',
  isEnabled: ({ isEnabled }) => isEnabled,
  fromDate: ({ fromAt }) => (fromAt === null ? null : printUtcDate(fromAt)),
  toDate: ({ untilAt }) => (untilAt === null ? null : printUtcDate(untilAt)),
  subject: ({ subject }) => subject,
  textBody: ({ textBody }) => textBody,
  htmlBody: ({ htmlBody }) => htmlBody,
};

export const vacationMethods = defineType({
  name: 'VacationResponse',
  capability: vacationCapability,
  state: 'VacationResponse',
  ids: singletonIds,
  properties: {
    isEnabled: { read: aBoolean },
    fromDate: { read: nullable(aUtcDate), otherwise: null },
    toDate: { read: nullable(aUtcDate), otherwise: null },
    subject: { read: nullable(aString), otherwise: null },
    textBody: { read: nullable(aString), otherwise: null },
    htmlBody: { read: nullable(aString), otherwise: null },
  },
  get: {
    async run({ store, actor, accountId }, ids, names) {
      const settings = await readVacation(store, actor, accountId);
      if (ids?.length === 0) return [];
      return [Object.fromEntries(names.map((name) => [name, printers[name]?.(settings) ?? null]))];
    },
  },
  set: {
    create: () => Promise.reject(new SetFailure({ type: 'singleton' })),
    update: ({ store, actor, accountId, ifInState }, updates) =>
      eachUpdate(updates, async (_id, patch) => {
        await changeVacation(store, actor, accountId, settingsOf(patch), ifInState);
        return null;
      }),
    destroy: (_ctx, ids) =>
      Promise.resolve(
        new Map(ids.map((id): [Singleton, Destroyed] => [id, { kind: 'refused', error: { type: 'singleton' } }])),
      ),
  },
});

/** Values checked by the type's table already. */
function settingsOf(patch: Patch): Partial<VacationSettings> {
  const settings: { -readonly [Name in keyof VacationSettings]?: VacationSettings[Name] } = {};
  for (const [name, change] of patch) {
    if (change.kind !== 'replace') continue;
    const { value } = change;
    const text = typeof value === 'string' ? value : null;
    if (name === 'isEnabled') settings.isEnabled = value === true;
    else if (name === 'fromDate') settings.fromAt = dateOf(text);
    else if (name === 'toDate') settings.untilAt = dateOf(text);
    else if (name === 'subject' || name === 'textBody' || name === 'htmlBody') settings[name] = text;
  }
  return settings;
}

function dateOf(text: string | null): number | null {
  return text === null ? null : (readUtcDate(text) ?? null);
}
