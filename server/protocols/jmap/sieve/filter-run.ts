/**
 * FilterRun, our own: a script, or one rule, applied to mail that is there, with its progress. Creating one starts it;
 * setting `state` to `canceled` ends it where it is; destroying one forgets it. Properties: `scriptName`; `blobId` at
 * creation, for a script that is not kept (one rule); `mailboxId` (null: all but drafts, sent, junk and trash); and as
 * the server says them `state` (waiting, running, done, canceled, failed), `done`, `total`, `changed`, `failed` (counts
 * of emails), `lastError`, `createdAt`, `finishedAt`.
 */
import { aString, nullable, oneOf } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import type { Json, JsonObject } from '#formats/jmap/json.ts';
import { type FilterRun, listRuns, runChanges } from '#server/filters/runs/list.ts';
import { cancelRun, type NewRun, removeRun, startRun } from '#server/filters/runs/start.ts';

import { pliSieveCapability } from '#server/protocols/jmap/capabilities.ts';
import { type SetContext, SetFailure } from '#server/protocols/jmap/engine/context.ts';
import { defineType } from '#server/protocols/jmap/engine/define.ts';
import { eachDestroy, eachUpdate } from '#server/protocols/jmap/engine/set.ts';
import { numberedIds } from '#server/protocols/jmap/engine/type.ts';
import type { MailboxId } from '#server/store/ids.ts';
import { changesOf } from '#server/protocols/jmap/mail/changes.ts';
import { contentOf } from './content.ts';
import { runIds } from './ids.ts';

const mailboxIds = numberedIds<MailboxId>('m');

const printers: Readonly<Record<string, (run: FilterRun) => Json>> = {
  id: ({ id }) => runIds.print(id),
  scriptName: ({ name }) => name,
  blobId: () => null,
  mailboxId: ({ mailboxId }) => mailboxId && mailboxIds.print(mailboxId),
  state: ({ state }) => state,
  done: ({ done }) => done,
  total: ({ total }) => total,
  changed: ({ changed }) => changed,
  failed: ({ failed }) => failed,
  lastError: ({ lastError }) => lastError,
  createdAt: ({ createdAt }) => printUtcDate(createdAt),
  finishedAt: ({ finishedAt }) => finishedAt && printUtcDate(finishedAt),
};

const told = ['state', 'done', 'total', 'changed', 'failed', 'lastError', 'createdAt', 'finishedAt'];

export const filterRunMethods = defineType({
  name: 'FilterRun',
  capability: pliSieveCapability,
  state: 'FilterRun',
  ids: runIds,
  properties: {
    scriptName: { read: aString, isRequired: true, isImmutable: true },
    blobId: { read: nullable(aString), otherwise: null, isImmutable: true },
    mailboxId: { read: nullable(aString), otherwise: null, isImmutable: true, refersTo: 'id' },
    state: { read: oneOf('canceled') },
    done: { isServerSet: true },
    total: { isServerSet: true },
    changed: { isServerSet: true },
    failed: { isServerSet: true },
    lastError: { isServerSet: true },
    createdAt: { isServerSet: true },
    finishedAt: { isServerSet: true },
  },
  get: {
    async run({ store, actor, accountId }, ids, names) {
      const runs = await listRuns(store, actor, accountId);
      const found = ids === null ? runs : runs.filter(({ id }) => ids.includes(id));
      return found.map((run) => print(run, names));
    },
  },
  changes: {
    run: async ({ store, actor, accountId }, since, maxChanges) =>
      changesOf(runIds, await runChanges(store, actor, accountId, since, maxChanges)),
  },
  set: {
    async create(ctx, record) {
      if (record['state'] !== undefined) throw new SetFailure({ type: 'invalidProperties', properties: ['state'] });
      const run = await startRun(ctx.store, ctx.actor, ctx.accountId, await asked(ctx, record));
      return { id: run.id, properties: print(run, told) };
    },
    update: ({ store, actor, accountId }, updates) =>
      eachUpdate(updates, async (id, patch) => {
        if (patch.has('state')) await cancelRun(store, actor, accountId, id);
        return null;
      }),
    destroy: ({ store, actor, accountId }, ids) => eachDestroy(ids, (id) => removeRun(store, actor, accountId, id)),
  },
});

function print(run: FilterRun, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, printers[name]?.(run) ?? null]));
}

async function asked(ctx: SetContext, record: JsonObject): Promise<NewRun> {
  const { scriptName, mailboxId: mailbox } = record;
  const name = typeof scriptName === 'string' ? scriptName : '';
  const mailboxId = typeof mailbox === 'string' ? mailboxIds.read(mailbox) : null;
  if (mailboxId === undefined) throw new SetFailure({ type: 'invalidProperties', properties: ['mailboxId'] });
  const source: NewRun['source'] =
    record['blobId'] === null
      ? { kind: 'script', name }
      : { kind: 'content', name, content: await contentOf(ctx, record['blobId']) };
  return { source, mailboxId };
}
