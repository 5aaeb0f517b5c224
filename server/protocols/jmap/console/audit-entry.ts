/** AuditEntry, our own type: lines of the trace for those who audit it. Lists begin at an anchor, the newest first. */
import { anId, aString, aUtcDate, listOf } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import { conditionsOf } from '#formats/jmap/filter.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { type AuditEntry, type AuditFilter, listAudit, readAudit } from '#server/records/audit.ts';
import type { Uuid } from '#server/store/ids.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import type { IdForm } from '#server/protocols/jmap/engine/type.ts';

import { personIds, tenantOf, unitIds, uuids } from './ids.ts';

const printers: Readonly<Record<string, (entry: AuditEntry) => Json>> = {
  id: ({ id }) => id,
  at: ({ at }) => printUtcDate(at),
  by: ({ by }) => by,
  actorId: ({ actorPersonId }) => (actorPersonId === null ? null : personIds.print(actorPersonId)),
  actorName: ({ actorName }) => actorName,
  accountName: ({ accountName }) => accountName,
  accountEmail: ({ accountEmail }) => accountEmail,
  verb: ({ verb }) => verb,
  reason: ({ reason }) => reason,
  // As they stand in the trace: JSON, and never contents.
  details: ({ details }) => JSON.stringify(details),
  from: ({ remoteAddress }) => remoteAddress,
  isSealed: ({ isSealed }) => isSealed,
};

const isServerSet = { isServerSet: true } as const;
const names = Object.keys(printers).filter((name) => name !== 'id');

/** What both /query and the export take. */
export const auditConditions = {
  actorId: anId,
  personId: anId,
  verbs: listOf(aString),
  after: aUtcDate,
  before: aUtcDate,
  unitId: anId,
} as const;

export const auditEntryMethods = defineType<Uuid>({
  name: 'AuditEntry',
  capability: consoleCapability,
  state: 'none',
  ids: uuids,
  properties: Object.fromEntries(names.map((name) => [name, isServerSet])),
  get: {
    async run(ctx, ids, properties) {
      const found = await readAudit(ctx.store, ctx.actor, tenantOf(ctx), ids ?? []);
      return found.map((entry) =>
        Object.fromEntries(properties.map((name): [string, Json] => [name, printers[name]?.(entry) ?? null])),
      );
    },
  },
  query: {
    conditions: auditConditions,
    sorts: [],
    async run(ctx, { filter, position, anchor, anchorOffset, limit }) {
      if (position !== 0 || (anchor === undefined ? anchorOffset !== 0 : anchorOffset !== 1))
        throw new MethodError('invalidArguments', 'a page begins at 0, or one after its anchor');
      if (filter && filter.kind !== 'condition') throw new MethodError('unsupportedFilter', 'one condition alone');
      const page = { limit: Math.min(limit, 500), after: anchor };
      const wanted = auditFilterOf(conditionsOf(filter)[0] ?? {});
      const found = await listAudit(ctx.store, ctx.actor, tenantOf(ctx), wanted, page);
      return { queryState: '', canCalculateChanges: false, ids: found.map(({ id }) => id), position: 0 };
    },
  },
});

/** @throws {MethodError} `invalidArguments` for an id that cannot be one. */
export function auditFilterOf(condition: JsonObject): AuditFilter {
  const { actorId, personId, verbs, after, before, unitId } = condition;
  return {
    actorPersonId: idOf(personIds, actorId),
    personId: idOf(personIds, personId),
    unitId: idOf(unitIds, unitId),
    verbs: verbs === undefined ? undefined : listOf(aString)(verbs),
    from: after === undefined ? undefined : aUtcDate(after),
    until: before === undefined ? undefined : aUtcDate(before),
  };
}

function idOf<Id>(form: IdForm<Id>, value: Json | undefined): Id | undefined {
  if (typeof value !== 'string') return undefined;
  const id = form.read(value);
  if (id === undefined) throw new MethodError('invalidArguments', `no id: ${value}`);
  return id;
}
