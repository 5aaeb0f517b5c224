/** SieveScript/get, /changes, /set and /query (RFC 9661 §2). */
import { aBoolean, aString, anId, nullable, optional, orNull } from '#formats/jmap/arguments.ts';
import type { Filter } from '#formats/jmap/filter.ts';
import { printBlobId } from '#formats/jmap/id.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import {
  activateScript,
  createScript,
  removeScript,
  type ScriptRef,
  updateScriptOf,
} from '#server/filters/scripts/change.ts';
import { listScripts, scriptChanges, type SieveScript } from '#server/filters/scripts/list.ts';
import { clockOf } from '#server/changes/clock.ts';
import type { SieveScriptId } from '#server/store/ids.ts';

import { sieveCapability } from '#server/protocols/jmap/capabilities.ts';
import type { SetContext } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { windowOf } from '#server/protocols/jmap/engine/query.ts';
import { eachDestroy, eachUpdate } from '#server/protocols/jmap/engine/set.ts';
import { changesOf } from '#server/protocols/jmap/mail/changes.ts';
import { contentOf } from './content.ts';
import { scriptIds } from './ids.ts';

const printers: Readonly<Record<string, (script: SieveScript) => Json>> = {
  id: ({ id }) => scriptIds.print(id),
  name: ({ name }) => name,
  blobId: ({ hash }) => printBlobId({ kind: 'whole', hash }),
  isActive: ({ isActive }) => isActive,
};

const setArguments = {
  onSuccessActivateScript: orNull(anId),
  onSuccessDeactivateScript: optional(nullable(aBoolean), null),
};

const byId = (id: SieveScriptId): ScriptRef => ({ kind: 'id', id });

export const sieveScriptMethods = defineType({
  name: 'SieveScript',
  capability: sieveCapability,
  state: 'SieveScript',
  ids: scriptIds,
  properties: {
    name: { read: nullable(aString), otherwise: null },
    blobId: { read: aString, isRequired: true },
    isActive: { isServerSet: true },
  },
  get: {
    async run({ store, actor, accountId }, ids, names) {
      const scripts = await listScripts(store, actor, accountId);
      const found = ids === null ? scripts : scripts.filter(({ id }) => ids.includes(id));
      return found.map((script) => print(script, names));
    },
  },
  changes: {
    run: async ({ store, actor, accountId }, since, maxChanges) =>
      changesOf(scriptIds, await scriptChanges(store, actor, accountId, since, maxChanges)),
  },
  set: {
    args: setArguments,
    async create(ctx, record) {
      const { store, actor, accountId, ifInState } = ctx;
      const content = await contentOf(ctx, record['blobId']);
      const name = typeof record['name'] === 'string' ? record['name'] : await freeName(ctx);
      const script = await createScript(store, actor, accountId, { name, content, origin: 'jmap' }, ifInState);
      return { id: script.id, properties: print(script, ['name', 'blobId', 'isActive']) };
    },
    update: (ctx, updates) =>
      eachUpdate(updates, async (id, patch) => {
        const { store, actor, accountId, ifInState } = ctx;
        const name = patch.get('name');
        const blobId = patch.get('blobId');
        const change = {
          origin: 'jmap' as const,
          ...(name?.kind === 'replace' && typeof name.value === 'string' && { name: name.value }),
          ...(blobId?.kind === 'replace' && { content: await contentOf(ctx, blobId.value) }),
        };
        if (patch.size > 0) await updateScriptOf(store, actor, accountId, byId(id), change, ifInState);
        return null;
      }),
    destroy: ({ store, actor, accountId, ifInState }, ids) =>
      eachDestroy(ids, (id) => removeScript(store, actor, accountId, byId(id), ifInState)),
    async succeed(ctx, _outcome, { onSuccessActivateScript, onSuccessDeactivateScript }) {
      const { store, actor, accountId } = ctx;
      const wanted = onSuccessActivateScript === null ? undefined : ctx.created.resolve(onSuccessActivateScript);
      const id = wanted === undefined ? undefined : scriptIds.read(wanted);
      // One that cannot be found is passed over (RFC 9661 §2.4).
      const isThere =
        id !== undefined && (await listScripts(store, actor, accountId)).some((script) => script.id === id);
      if (!isThere && onSuccessDeactivateScript !== true) return new Map();
      const changed = await activateScript(store, actor, accountId, isThere ? byId(id) : null);
      return new Map(changed.map((script) => [script.id, { isActive: script.isActive }]));
    },
  },
  query: {
    conditions: { name: aString, isActive: aBoolean },
    sorts: ['name', 'isActive'],
    async run({ store, actor, accountId }, query) {
      const { states } = await clockOf(store, accountId);
      const scripts = await listScripts(store, actor, accountId);
      const { filter, sort } = query;
      const fitting = scripts.filter((script) => !filter || fits(script, filter));
      const sorted = fitting.toSorted((a, b) => {
        for (const { property, isAscending } of sort) {
          const order = property === 'name' ? a.name.localeCompare(b.name) : Number(a.isActive) - Number(b.isActive);
          if (order !== 0) return isAscending ? order : -order;
        }
        return a.id - b.id;
      });
      const ids = sorted.map(({ id }) => id);
      return { queryState: String(states.SieveScript ?? 0), canCalculateChanges: false, ...windowOf(ids, query) };
    },
  },
});

function print(script: SieveScript, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, printers[name]?.(script) ?? null]));
}

/** `name` holds the word anywhere, whatever its case (RFC 9661 §2.3). */
function fits(script: SieveScript, filter: Filter): boolean {
  if (filter.kind === 'operator') {
    const each = filter.conditions.map((condition) => fits(script, condition));
    if (filter.operator === 'AND') return each.every(Boolean);
    return filter.operator === 'OR' ? each.some(Boolean) : !each.some(Boolean);
  }
  const { name, isActive } = filter.condition;
  const isNamed = typeof name !== 'string' || script.name.toLowerCase().includes(name.toLowerCase());
  return isNamed && (typeof isActive !== 'boolean' || script.isActive === isActive);
}

async function freeName({ store, actor, accountId }: SetContext): Promise<string> {
  const taken = new Set((await listScripts(store, actor, accountId)).map(({ name }) => name));
  for (let number = 1; ; number += 1) if (!taken.has(`script ${number}`)) return `script ${number}`;
}
