/**
 * PublishedAnnouncement, our own type: what the console publishes, changes and withdraws (destroys: it stays in the list
 * of those who administer), and how many have read it.
 */
import {
  aBoolean,
  anId,
  aString,
  aUtcDate,
  nullable,
  oneOf,
  readArguments,
  required,
} from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { Refusal } from '#server/access/refusal.ts';
import {
  acknowledgedByUnit,
  type AnnouncementChange,
  type Audience,
  changeAnnouncement,
  levels,
  listAnnouncements,
  type Placed,
  publishAnnouncement,
  withdrawAnnouncement,
} from '#server/announcements/publish.ts';

import { announcementIds } from '#server/protocols/jmap/announcements/announcement.ts';
import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';
import { eachDestroy, eachUpdate } from '#server/protocols/jmap/engine/set.ts';

import { tenantOf, unitIds } from './ids.ts';

const dateOrNull = (at: number | null): string | null => (at === null ? null : printUtcDate(at));

const printers: Readonly<Record<string, (of: Placed) => Json>> = {
  id: ({ id }) => announcementIds.print(id),
  isPlatform: ({ tenantId }) => tenantId === undefined,
  level: ({ level }) => level,
  audience: ({ audience }) => audience.kind,
  population: ({ audience }) => (audience.kind === 'population' ? audience.population : null),
  unitId: ({ audience }) => (audience.kind === 'unit' ? unitIds.print(audience.unitId) : null),
  unitName: ({ unitName }) => unitName,
  isPublic: ({ isPublic }) => isPublic,
  mustAcknowledge: ({ mustAcknowledge }) => mustAcknowledge,
  startsAt: ({ startsAt }) => printUtcDate(startsAt),
  endsAt: ({ endsAt }) => dateOrNull(endsAt),
  textFr: ({ textFr }) => textFr,
  textEn: ({ textEn }) => textEn,
  createdAt: ({ createdAt }) => printUtcDate(createdAt),
  withdrawnAt: ({ withdrawnAt }) => dateOrNull(withdrawnAt),
};

const isServerSet = { isServerSet: true } as const;
const isImmutable = { isImmutable: true } as const;

const publishedMethods = defineType({
  name: 'PublishedAnnouncement',
  capability: consoleCapability,
  state: 'none',
  ids: announcementIds,
  properties: {
    isPlatform: { ...isImmutable, read: aBoolean, otherwise: false },
    level: { read: oneOf(...levels), isRequired: true },
    /** One of them or neither, which is everybody. */
    population: { ...isImmutable, read: nullable(aString), otherwise: null },
    unitId: { ...isImmutable, read: nullable(anId), otherwise: null },
    isPublic: { read: aBoolean, otherwise: false },
    mustAcknowledge: { read: aBoolean, otherwise: false },
    /** Null: at once. */
    startsAt: { read: nullable(aUtcDate), otherwise: null },
    endsAt: { read: nullable(aUtcDate), otherwise: null },
    textFr: { read: aString, isRequired: true },
    textEn: { read: aString, otherwise: '' },
    audience: isServerSet,
    unitName: isServerSet,
    createdAt: isServerSet,
    withdrawnAt: isServerSet,
  },
  get: {
    async run(ctx, ids: readonly Placed['id'][] | null, names) {
      const all = await listAnnouncements(ctx.store, ctx.actor, tenantOf(ctx));
      const asked = ids ? all.filter(({ id }) => ids.includes(id)) : all;
      return asked.map((one) =>
        Object.fromEntries(['id', ...names].map((name): [string, Json] => [name, printers[name]?.(one) ?? null])),
      );
    },
  },
  set: {
    async create(ctx, record) {
      const tenantId = tenantOf(ctx);
      const made = await publishAnnouncement(ctx.store, ctx.actor, {
        tenantId,
        isPlatform: record['isPlatform'] === true,
        level: levelOf(record['level']) ?? 'info',
        audience: audienceOf(record),
        isPublic: record['isPublic'] === true,
        mustAcknowledge: record['mustAcknowledge'] === true,
        startsAt: aUtcDate(record['startsAt'] ?? null) ?? null,
        endsAt: aUtcDate(record['endsAt'] ?? null) ?? null,
        textFr: aString(record['textFr'] ?? null) ?? '',
        textEn: aString(record['textEn'] ?? null) ?? '',
      });
      return { id: made.id, properties: { startsAt: printUtcDate(made.startsAt) } };
    },
    update: (ctx, updates) =>
      eachUpdate(updates, async (id, patch) => {
        const given: JsonObject = Object.fromEntries(
          [...patch].flatMap(([name, change]): [string, Json][] =>
            change.kind === 'replace' ? [[name, change.value]] : [],
          ),
        );
        await changeAnnouncement(ctx.store, ctx.actor, tenantOf(ctx), id, changeOf(given));
        return null;
      }),
    destroy: (ctx, ids) => eachDestroy(ids, (id) => withdrawAnnouncement(ctx.store, ctx.actor, tenantOf(ctx), id)),
  },
});

function levelOf(value: Json | undefined): (typeof levels)[number] | undefined {
  return levels.find((level) => level === value);
}

function audienceOf(record: JsonObject): Audience {
  const { population, unitId: text } = record;
  if (typeof text === 'string') {
    const unitId = unitIds.read(text);
    if (unitId === undefined) throw new Refusal('noSuchUnit');
    if (typeof population === 'string') throw new Refusal('invalidProperties', { properties: ['population'] });
    return { kind: 'unit', unitId };
  }
  return typeof population === 'string' ? { kind: 'population', population } : { kind: 'everybody' };
}

function changeOf(given: JsonObject): AnnouncementChange {
  const level = levelOf(given['level']);
  const startsAt = aUtcDate(given['startsAt'] ?? null);
  const { isPublic, mustAcknowledge, endsAt, textFr, textEn } = given;
  return {
    ...(level && { level }),
    ...(typeof isPublic === 'boolean' && { isPublic }),
    ...(typeof mustAcknowledge === 'boolean' && { mustAcknowledge }),
    ...(startsAt !== undefined && { startsAt }),
    ...(endsAt !== undefined && { endsAt: aUtcDate(endsAt) ?? null }),
    ...(typeof textFr === 'string' && { textFr: textFr.trim() }),
    ...(typeof textEn === 'string' && { textEn: textEn.trim() }),
  };
}

const countTable = { accountId: required(aString), id: required(anId) };

/** Answers `{list}` of `{unitName, people, acknowledged}`, those who have read it least first. */
const publishedCount: Method = {
  name: 'PublishedAnnouncement/count',
  capability: consoleCapability,
  async run(call, args) {
    const { accountId, id: text } = readArguments(countTable, args);
    const ctx = await openAccount(call, accountId, consoleCapability, 'read');
    const tenantId = tenantOf(ctx);
    const id = announcementIds.read(text);
    if (id === undefined) throw new MethodError('invalidArguments', 'no such announcement');
    const counts = await acknowledgedByUnit(ctx.store, ctx.actor, tenantId, id);
    return { accountId, id: text, list: counts.map((count) => ({ ...count })) };
  },
};

export const announcementConsoleMethods: readonly Method[] = [...publishedMethods, publishedCount];
