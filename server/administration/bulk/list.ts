/** Actions on many people as their authors follow them: how far they came, what became of each line, and their end. */
import type { Actor } from '#server/access/actor.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type Held, requireAnyRole } from '#server/access/require-role.ts';
import { holderIn } from '#server/access/verify.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import type { Act } from '#server/administration/act.ts';
import {
  type Bulk,
  type BulkId,
  type BulkLine,
  type Counts,
  selectBulk,
  selectBulks,
  selectCounts,
  selectLines,
  selectNotDone,
  updateFinished,
} from '#server/administration/queries/bulk.ts';
import { selectSummaries } from '#server/administration/queries/people.ts';
import { actOf, passwordOf } from './run.ts';

export type { BulkId };

export interface ListedBulk extends Omit<Bulk, 'act'> {
  readonly act: Act;
  readonly counts: Counts;
  /** Null for the operator. */
  readonly authorName: string | null;
  readonly isOwn: boolean;
}

export interface NamedLine extends Pick<BulkLine, 'n' | 'outcome' | 'why'> {
  /** As it was given; of somebody chosen on the screen their user name, '' where they were out of reach. */
  readonly text: string;
  readonly name: string;
}

const listedAtMost = 100;

/** One's own, and for who administers the whole institution everybody's; the newest first. @throws {Refusal} `mayNot`. */
export function listBulks(store: Store, actor: Actor, tenantId: TenantId): Promise<readonly ListedBulk[]> {
  return read(store, async (tx) => {
    const held = await requireAnyRole(tx, actor, 'help', tenantId, store.now());
    const authorPersonId = isOverAll(held) || actor.kind !== 'person' ? undefined : actor.personId;
    const found = await selectBulks(tx, tenantId, { authorPersonId, limit: listedAtMost });
    const all: ListedBulk[] = [];
    for (const bulk of found) all.push(await listed(tx, actor, bulk));
    return all;
  });
}

/** @throws {Refusal} `mayNot`, `noSuchJob`. */
export function readBulk(store: Store, actor: Actor, tenantId: TenantId, id: BulkId): Promise<ListedBulk> {
  return read(store, async (tx) => listed(tx, actor, await requireBulk(tx, actor, tenantId, id, store.now())));
}

/** A power over the whole tenant, such as support has none of. */
function isOverAll(held: Held): boolean {
  return held.some(({ kind, path }) => kind === 'platform' || (kind === 'tenant' && path === '/'));
}

async function requireBulk(tx: Tx, actor: Actor, tenantId: TenantId, id: BulkId, at: number): Promise<Bulk> {
  const held = await requireAnyRole(tx, actor, 'help', tenantId, at);
  const bulk = await selectBulk(tx, tenantId, id);
  if (!bulk || (!isAuthor(actor, bulk) && !isOverAll(held))) throw new Refusal('noSuchJob');
  return bulk;
}

function isAuthor(actor: Actor, { tenantId, authorPersonId }: Pick<Bulk, 'tenantId' | 'authorPersonId'>): boolean {
  if (actor.kind === 'system') return true;
  return actor.kind === 'person' && actor.tenantId === tenantId && actor.personId === authorPersonId;
}

async function listed(tx: Tx, actor: Actor, bulk: Bulk): Promise<ListedBulk> {
  const { tenantId, authorPersonId } = bulk;
  const [author] = authorPersonId === null ? [] : await selectSummaries(tx, tenantId, [authorPersonId]);
  return {
    ...bulk,
    act: actOf(bulk),
    counts: await selectCounts(tx, bulk),
    authorName: author ? `${author.givenName} ${author.familyName}`.trim() : null,
    isOwn: isAuthor(actor, bulk),
  };
}

/** Nobody else's turn comes after it; what is done stays done. @throws {Refusal} `mayNot`, `noSuchJob`. */
export function stopBulk(store: Store, actor: Actor, tenantId: TenantId, id: BulkId): Promise<void> {
  return write(store, async (tx) => {
    const at = store.now();
    const bulk = await requireBulk(tx, actor, tenantId, id, at);
    if (!(await updateFinished(tx, bulk, { at, isStopped: true }))) return;
    const details = { bulk: id, next: bulk.next, people: bulk.total };
    await recordTrace(tx, { tenantId, actor, verb: 'stopBulk', at, details });
  });
}

/** The lines that were not done, for the screen. @throws {Refusal} `mayNot`, `noSuchJob`. */
export function readNotDone(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  id: BulkId,
  limit: number,
): Promise<readonly NamedLine[]> {
  return read(store, async (tx) => {
    const bulk = await requireBulk(tx, actor, tenantId, id, store.now());
    return named(tx, bulk, await selectNotDone(tx, bulk, limit));
  });
}

async function named(tx: Tx, { tenantId }: Bulk, lines: readonly BulkLine[]): Promise<readonly NamedLine[]> {
  // Of who was out of reach nothing is said but what was typed.
  const reached = lines.flatMap(({ personId, outcome }) =>
    personId === null || outcome === 'unknown' ? [] : personId,
  );
  const people = new Map((await selectSummaries(tx, tenantId, reached)).map((one) => [one.personId, one]));
  return lines.map(({ n, typed, personId, outcome, why }) => {
    const person = personId === null || outcome === null ? undefined : people.get(personId);
    return {
      n,
      outcome,
      why,
      text: typed === '' ? (person?.userName ?? '') : typed,
      name: person ? `${person.givenName} ${person.familyName}`.trim() : '',
    };
  });
}

export interface ExportedLine extends NamedLine {
  /** Of who was given one by this action and has not replaced it; else ''. */
  readonly provisionalPassword: string;
}

const pageOfLines = 500;
/** For so long the author may take the passwords along. */
const passwordsMs = 24 * 3_600_000;

/**
 * All lines, in pages. Provisional passwords are in them for the author alone, for a day after the end, and that
 * they were taken along is in the trace.
 * @throws {Refusal} `mayNot`, `noSuchJob`, `stepUpNeeded` before the first page.
 */
export async function exportBulk(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  id: BulkId,
): Promise<AsyncGenerator<readonly ExportedLine[]>> {
  const { bulk, hasPasswords } = await write(store, async (tx) => {
    const at = store.now();
    const found = await requireBulk(tx, actor, tenantId, id, at);
    const { kind } = actOf(found);
    const gave = kind === 'resetPassword' || kind === 'resendActivation';
    const shows = gave && isAuthor(actor, found) && (found.finishedAt ?? at) + passwordsMs >= at;
    if (shows) await requireFresh(tx, actor, at);
    const details = { bulk: id, passwords: shows };
    await recordTrace(tx, { tenantId, actor, verb: 'exportBulk', at, details });
    return { bulk: found, hasPasswords: shows };
  });
  return pagesOf(store, bulk, hasPasswords);
}

async function* pagesOf(store: Store, bulk: Bulk, hasPasswords: boolean): AsyncGenerator<readonly ExportedLine[]> {
  for (let from = 0; ;) {
    const page = await read(store, async (tx) => {
      const lines = await selectLines(tx, bulk, { from, limit: pageOfLines });
      const said = await named(tx, bulk, lines);
      const passwords: string[] = [];
      for (const line of lines) passwords.push(hasPasswords ? await passwordStillGood(store, tx, bulk, line) : '');
      return said.map((line, index) => ({ ...line, provisionalPassword: passwords[index] ?? '' }));
    });
    if (page.length > 0) yield page;
    if (page.length < pageOfLines) return;
    from += pageOfLines;
  }
}

async function passwordStillGood(store: Store, tx: Tx, bulk: Bulk, line: BulkLine): Promise<string> {
  const { personId, outcome, at } = line;
  if (personId === null || outcome !== 'done') return '';
  const holder = await holderIn(tx, { tenantId: bulk.tenantId, personId });
  const isStill = holder?.mustChangePassword === true && holder.passwordChangedAt === at;
  return isStill ? passwordOf(store, bulk, personId) : '';
}
