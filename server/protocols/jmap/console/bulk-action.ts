/**
 * BulkAction, our own type: one act on many people, its progress, and the lines that were not done. It is started, and
 * stopped by `isStopped`; the whole of its lines is a file (bulk-route.ts).
 */
import { aBoolean, anId, anUnsignedInt, aString, listOf, nullable, oneOf } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { Refusal } from '#server/access/refusal.ts';
import { actKinds } from '#server/administration/acts.ts';
import {
  type BulkId,
  type ListedBulk,
  listBulks,
  type NamedLine,
  readBulk,
  readNotDone,
  stopBulk,
} from '#server/administration/bulk/list.ts';
import { startBulk } from '#server/administration/bulk/start.ts';

import { consoleCapability } from '#server/protocols/jmap/capabilities.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { eachUpdate } from '#server/protocols/jmap/engine/set.ts';

import { actOf } from './act.ts';
import { bulkIds, personIds, tenantOf } from './ids.ts';

const printers: Readonly<Record<string, (bulk: ListedBulk) => Json>> = {
  id: ({ id }) => bulkIds.print(id),
  action: ({ act }) => act.kind,
  quotaOctets: ({ act }) => (act.kind === 'changeQuota' ? act.quotaOctets : null),
  reason: ({ reason }) => reason,
  authorName: ({ authorName }) => authorName,
  isOwn: ({ isOwn }) => isOwn,
  total: ({ total }) => total,
  next: ({ next }) => next,
  done: ({ counts }) => counts.done,
  refused: ({ counts }) => counts.refused,
  unknown: ({ counts }) => counts.unknown,
  createdAt: ({ createdAt }) => printUtcDate(createdAt),
  finishedAt: ({ finishedAt }) => (finishedAt === null ? null : printUtcDate(finishedAt)),
  isStopped: ({ stoppedAt }) => stoppedAt !== null,
};

const printLine = ({ n, text, name, outcome, why }: NamedLine): JsonObject => ({ n, text, name, outcome, why });

/** Lines shown with an action; the file has them all. */
const linesShown = 500;

const isServerSet = { isServerSet: true } as const;
const isImmutable = { isImmutable: true } as const;
const names = Object.keys(printers).filter((name) => name !== 'id');

export const bulkActionMethods = defineType<BulkId>({
  name: 'BulkAction',
  capability: consoleCapability,
  state: 'none',
  ids: bulkIds,
  properties: {
    ...Object.fromEntries(names.map((name) => [name, isServerSet])),
    action: { ...isImmutable, read: oneOf(...actKinds), isRequired: true },
    quotaOctets: { ...isImmutable, read: nullable(anUnsignedInt), otherwise: null },
    reason: { ...isImmutable, read: aString, isRequired: true },
    personIds: { ...isImmutable, read: listOf(anId), otherwise: [] },
    names: { ...isImmutable, read: listOf(aString), otherwise: [] },
    isStopped: { read: aBoolean, otherwise: false },
    notDone: isServerSet,
  },
  defaultProperties: Object.keys(printers),
  get: {
    async run(ctx, ids, properties) {
      const { store, actor } = ctx;
      const tenantId = tenantOf(ctx);
      const found = ids === null ? await listBulks(store, actor, tenantId) : await readSome(ids);
      return Promise.all(found.map(async (bulk) => printBulk(bulk, await linesOf(bulk))));

      async function readSome(asked: readonly BulkId[]): Promise<readonly ListedBulk[]> {
        const each = await Promise.all(asked.map((id) => readBulk(store, actor, tenantId, id).catch(ofNone)));
        return each.flatMap((bulk) => bulk ?? []);
      }
      async function linesOf({ id }: ListedBulk): Promise<readonly JsonObject[]> {
        if (!properties.includes('notDone')) return [];
        return (await readNotDone(store, actor, tenantId, id, linesShown)).map(printLine);
      }
      function printBulk(bulk: ListedBulk, lines: readonly JsonObject[]): JsonObject {
        return Object.fromEntries(
          properties.map((name): [string, Json] => [
            name,
            name === 'notDone' ? [...lines] : (printers[name]?.(bulk) ?? null),
          ]),
        );
      }
    },
  },
  set: {
    async create(ctx, record) {
      const action = actKinds.find((kind) => kind === record['action']);
      if (action === undefined) throw new Refusal('invalidProperties', { properties: ['action'] });
      const quotaOctets = anUnsignedInt(record['quotaOctets'] ?? null) ?? null;
      const id = await startBulk(ctx.store, ctx.actor, {
        tenantId: tenantOf(ctx),
        act: actOf(action, quotaOctets),
        personIds: (listOf(anId)(record['personIds'] ?? null) ?? []).flatMap((one) => personIds.read(one) ?? []),
        names: listOf(aString)(record['names'] ?? null) ?? [],
        reason: aString(record['reason'] ?? null) ?? '',
      });
      return { id, properties: {} };
    },
    update: (ctx, updates) =>
      eachUpdate(updates, async (id, patch) => {
        const change = patch.get('isStopped');
        if (change?.kind === 'replace' && change.value === true)
          await stopBulk(ctx.store, ctx.actor, tenantOf(ctx), id);
        return null;
      }),
  },
});

/** One that is not there, or not for this actor, is not found; anything else is said. */
function ofNone(error: unknown): undefined {
  if (error instanceof Refusal && error.reason === 'noSuchJob') return undefined;
  throw error;
}
