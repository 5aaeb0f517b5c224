/** Unit, our own type: the tree of the institution as far as one's roles reach, for choosing a place in it. */
import { aString } from '#formats/jmap/arguments.ts';
import { conditionsOf } from '#formats/jmap/filter.ts';
import { listSeenUnits, type UnitEntry } from '#server/administration/card.ts';
import { foldWords } from '#server/directory/fold.ts';
import type { UnitId } from '#server/store/ids.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { windowOf } from '#server/protocols/jmap/engine/query.ts';

import { tenantOf, unitIds } from './ids.ts';

const isServerSet = { isServerSet: true } as const;

export const unitMethods = defineType<UnitId>({
  name: 'Unit',
  capability: consoleCapability,
  state: 'none',
  ids: unitIds,
  properties: { name: isServerSet, code: isServerSet, kind: isServerSet, depth: isServerSet },
  get: {
    async run(ctx, ids, names) {
      const all = await listSeenUnits(ctx.store, ctx.actor, tenantOf(ctx));
      const asked = ids ? all.filter(({ id }) => ids.includes(id)) : all;
      return asked.map(({ id, name, code, kind, path }) => {
        const printed = { id: unitIds.print(id), name, code, kind, depth: path.split('/').length - 2 };
        return Object.fromEntries(Object.entries(printed).filter(([member]) => names.includes(member)));
      });
    },
  },
  query: {
    conditions: { text: aString },
    sorts: [],
    async run(ctx, query) {
      const all = await listSeenUnits(ctx.store, ctx.actor, tenantOf(ctx));
      const texts = conditionsOf(query.filter).flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
      const words = texts.flatMap((text) => foldWords(text.slice(0, 200)));
      const { ids, position, total } = windowOf(
        all.filter((unit) => fits(unit, words)).map(({ id }) => id),
        query,
      );
      return { queryState: '', canCalculateChanges: false, ids, position, total };
    },
  },
});

/** Each word begins one of the unit's name, or its code. */
function fits({ name, code }: UnitEntry, words: readonly string[]): boolean {
  const own = [...foldWords(name), ...foldWords(code ?? '')];
  return words.every((word) => own.some((one) => one.startsWith(word)));
}
