/**
 * Unit, our own type: the tree of the institution as far as one's roles reach. Unfolded level by level (`parentId`,
 * null for the tops of what one sees) or found by `text`; a page begins at an anchor.
 */
import { aBoolean, anId, aString, nullable, type Reader } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import { conditionsOf } from '#formats/jmap/filter.ts';
import type { Json } from '#formats/jmap/json.ts';
import type { Patch } from '#formats/jmap/patch.ts';
import { Refusal } from '#server/access/refusal.ts';
import { countPeople, readUnits, searchUnits, type UnitCard } from '#server/administration/units.ts';
import { changeUnit, closeUnit, createUnit, moveUnit, type UnitFields } from '#server/directory/arrange-unit.ts';
import type { UnitId } from '#server/store/ids.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { windowOf } from '#server/protocols/jmap/engine/query.ts';
import { eachUpdate } from '#server/protocols/jmap/engine/set.ts';
import type { Query } from '#server/protocols/jmap/engine/type.ts';

import { tenantOf, unitIds } from './ids.ts';

const printers: Readonly<Record<string, (unit: UnitCard) => Json>> = {
  id: ({ id }) => unitIds.print(id),
  name: ({ name }) => name,
  code: ({ code }) => code,
  kind: ({ kind }) => kind,
  isPublic: ({ isPublic }) => isPublic,
  department: ({ department }) => department,
  parentId: ({ parentId }) => (parentId === null ? null : unitIds.print(parentId)),
  isClosed: ({ closedAt }) => closedAt !== null,
  closedAt: ({ closedAt }) => (closedAt === null ? null : printUtcDate(closedAt)),
  depth: ({ path }) => path.split('/').length - 2,
  aboveNames: ({ aboveNames }) => [...aboveNames],
  below: ({ below }) => below,
  people: ({ people }) => people,
  mayChange: ({ mayChange }) => mayChange,
  mayMove: ({ mayMove }) => mayMove,
};

const isServerSet = { isServerSet: true } as const;
const textOrNull: Reader<string | null> = nullable(aString);

export const unitMethods = defineType<UnitId>({
  name: 'Unit',
  capability: consoleCapability,
  state: 'none',
  ids: unitIds,
  properties: {
    name: { read: aString, isRequired: true },
    kind: { read: aString, isRequired: true },
    code: { read: textOrNull, otherwise: null },
    isPublic: { read: aBoolean, otherwise: true },
    department: { read: textOrNull, otherwise: null },
    parentId: { read: nullable(anId), otherwise: null },
    isClosed: { read: aBoolean, otherwise: false },
    closedAt: isServerSet,
    depth: isServerSet,
    aboveNames: isServerSet,
    below: isServerSet,
    people: isServerSet,
    /** Of the unit and all below it, counted as far as 50,000: for one that is looked at. */
    peopleBelow: isServerSet,
    mayChange: isServerSet,
    mayMove: isServerSet,
  },
  defaultProperties: Object.keys(printers),
  get: {
    async run(ctx, ids, names) {
      const tenantId = tenantOf(ctx);
      const units = await readUnits(ctx.store, ctx.actor, tenantId, ids);
      const records = units.map(async (unit) => {
        const all = names.includes('peopleBelow')
          ? { peopleBelow: await countPeople(ctx.store, ctx.actor, tenantId, unit.id) }
          : {};
        const printed = names.map((name): [string, Json] => [name, printers[name]?.(unit) ?? null]);
        return { ...Object.fromEntries(printed), ...all };
      });
      return Promise.all(records);
    },
  },
  query: {
    conditions: { text: aString, parentId: nullable(anId), isClosed: aBoolean },
    sorts: [],
    async run(ctx, query) {
      const all = await searchUnits(ctx.store, ctx.actor, tenantOf(ctx), searchOf(query));
      const { ids, position, total } = windowOf(all, query);
      return { queryState: '', canCalculateChanges: false, ids, position, total };
    },
  },
  set: {
    async create(ctx, record) {
      const { name = '', kind = '', code = null, isPublic = true, department = null } = fieldsOf((it) => record[it]);
      const parentId = parentOf(record['parentId'] ?? null);
      const given = { name, kind, code, isPublic, department, parentId };
      return { id: await createUnit(ctx.store, ctx.actor, tenantOf(ctx), given), properties: {} };
    },
    update: (ctx, updates) =>
      eachUpdate(updates, async (id, patch) => {
        const { store, actor } = ctx;
        const tenantId = tenantOf(ctx);
        const fields = fieldsOf((name) => valueIn(patch, name));
        if (Object.keys(fields).length > 0) await changeUnit(store, actor, tenantId, id, fields);
        if (patch.has('parentId'))
          await moveUnit(store, actor, tenantId, {
            unitId: id,
            parentId: parentOf(valueIn(patch, 'parentId') ?? null),
          });
        if (patch.has('isClosed')) await closeUnit(store, actor, tenantId, id, valueIn(patch, 'isClosed') === true);
        return null;
      }),
  },
});

/** @throws {MethodError} `unsupportedFilter`, `invalidArguments`. */
function searchOf({ filter }: Pick<Query<UnitId>, 'filter'>) {
  if (filter && filter.kind !== 'condition') throw new MethodError('unsupportedFilter', 'one condition alone');
  const [{ text, parentId, isClosed } = {}] = conditionsOf(filter);
  const parent = typeof parentId === 'string' ? unitIds.read(parentId) : null;
  if (parent === undefined) throw new MethodError('invalidArguments', 'no such unit');
  return {
    ...(typeof text === 'string' && { text }),
    ...(parentId !== undefined && { parentId: parent }),
    ...(typeof isClosed === 'boolean' && { isClosed }),
  };
}

/** @throws {Refusal} `noSuchUnit`. */
function parentOf(value: Json): UnitId | null {
  const id = typeof value === 'string' ? unitIds.read(value) : null;
  if (id === undefined) throw new Refusal('noSuchUnit');
  return id;
}

function valueIn(patch: Patch, name: string): Json | undefined {
  const change = patch.get(name);
  return change?.kind === 'replace' ? change.value : undefined;
}

/** What is given; the properties were read before. */
function fieldsOf(of: (name: string) => Json | undefined): Partial<UnitFields> {
  const name = aString(of('name') ?? null);
  const kind = aString(of('kind') ?? null);
  const code = of('code');
  const isPublic = aBoolean(of('isPublic') ?? null);
  const department = of('department');
  return {
    ...(name !== undefined && { name }),
    ...(kind !== undefined && { kind }),
    ...(code !== undefined && { code: aString(code) ?? null }),
    ...(isPublic !== undefined && { isPublic }),
    ...(department !== undefined && { department: aString(department) ?? null }),
  };
}
