/**
 * Undoing an import of people, the last line first. Whoever it added and who never came in goes again (or is closed, where
 * something was done with the account meanwhile); a field it changed gets its old value where nobody changed it since;
 * whoever it closed is let in again. What cannot be undone is left as it is, and told line by line. Nobody's mail is
 * touched. Each page of lines is one transaction, so that an undoing that was interrupted is simply started again.
 */
import type { Actor } from '#server/access/actor.ts';
import { shutOut } from '#server/access/person-state.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireSystem } from '#server/access/require-right.ts';
import { deleteStandardMailboxes, standardClock } from '#server/mail/mailboxes/standard.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { PeopleRunId, TenantId } from '#server/store/ids.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { type AccountTx, transactions } from '#server/store/transaction.ts';

import { applyChanges } from './import-apply.ts';
import { type ChangedField, type FieldChange, isStill, reversed } from './import-change.ts';
import { selectTakenUserNames } from './queries/people.ts';
import { lockNames } from './queries/institution.ts';
import { type Present, selectPresent } from './queries/present.ts';
import {
  deletePeople,
  type RunLine,
  selectLinesToUndo,
  selectRuns,
  selectUnused,
  updateLineUndone,
  updateRunUndone,
} from './queries/runs.ts';

/** How the undoing of one line went. */
export type Undone =
  /** As it was before. */
  | { readonly kind: 'undone' }
  /** The account that was added is no more. */
  | { readonly kind: 'removed' }
  /** It was never used, but something was done with it: it is closed. */
  | { readonly kind: 'closed' }
  /** It is in use, and left alone. */
  | { readonly kind: 'inUse' }
  /** These fields were changed since and are left as they are; the others are as before. */
  | { readonly kind: 'changedSince'; readonly fields: readonly ChangedField[] }
  /** There is no such person any more. */
  | { readonly kind: 'gone' };

export interface UndoneLine {
  /** Of the file; undefined for who was closed because no line named them. */
  readonly line: number | undefined;
  readonly what: RunLine['kind'];
  /** Empty for who is gone. */
  readonly userName: string;
  readonly outcome: Undone;
}

export interface UndoSummary {
  readonly run: PeopleRunId;
  readonly undone: number;
  readonly removed: number;
  readonly closed: number;
  readonly inUse: number;
  readonly changedSince: number;
  readonly gone: number;
}

export interface UndoOptions {
  /** Says what would happen, and changes nothing. */
  readonly isDryRun?: boolean;
  /** Hears of each line once it is durable, the last of the file first. */
  readonly onLine?: (line: UndoneLine) => void;
}

const linesPerPage = 200;
/** As in import-close.ts: these lines are no lines of a file. */
const firstClosedN = 1_000_000_000;

/** @throws {Refusal} `noSuchJob` for a run that is not there (any more), `mayNot`. */
export async function undoRun(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  id: PeopleRunId,
  { isDryRun = false, onLine }: UndoOptions = {},
): Promise<UndoSummary> {
  requireSystem(actor);
  const runs = await read(store, (tx) => selectRuns(tx, tenantId, 1_000));
  if (!runs.some((run) => run.id === id)) throw new Refusal('noSuchJob');
  const count = { undone: 0, removed: 0, closed: 0, inUse: 0, changedSince: 0, gone: 0 };
  const key = { tenantId, id };
  for (let before = Number.MAX_SAFE_INTEGER; ;) {
    const page = await read(store, (tx) => selectLinesToUndo(tx, key, { before, limit: linesPerPage }));
    const last = page.at(-1);
    if (!last) break;
    for (const line of await undoPage(store, { actor, tenantId, id, isDryRun }, page)) {
      count[line.outcome.kind] += 1;
      onLine?.(line);
    }
    before = last.n;
  }
  if (!isDryRun) {
    await write(store, async (tx) => {
      const at = store.now();
      await updateRunUndone(tx, key, at);
      await recordTrace(tx, { tenantId, actor, verb: 'undoImport', at, details: { import: id, ...count } });
    });
  }
  return { run: id, ...count };
}

interface Undoing {
  readonly actor: Actor;
  readonly tenantId: TenantId;
  readonly id: PeopleRunId;
  readonly isDryRun: boolean;
}

/** What is to be done for one line, decided before anything is done. */
interface Plan {
  readonly line: RunLine;
  readonly present: Present | undefined;
  readonly outcome: Undone;
  readonly changes: readonly FieldChange[];
}

async function undoPage(store: Store, undoing: Undoing, page: readonly RunLine[]): Promise<readonly UndoneLine[]> {
  const { tenantId, isDryRun } = undoing;
  const personIds = page.map(({ personId }) => personId);
  const known = await read(store, (tx) => selectPresent(tx, tenantId, 'person.id', personIds));
  const accountIds = known.map(({ accountId }) => accountId);
  const plans = isDryRun
    ? await read(store, (tx) => planPage(tx, tenantId, page))
    : await transactions(store, accountIds, (txs) => undoIn(store, undoing, page, txs));
  if (!isDryRun && accountIds.length === 0) await write(store, (tx) => markAll(tx, undoing, plans));
  return plans.map(({ line, present, outcome }) => ({
    line: line.n < firstClosedN ? line.n : undefined,
    what: line.kind,
    userName: present?.userName ?? '',
    outcome,
  }));
}

async function undoIn(
  store: Store,
  undoing: Undoing,
  page: readonly RunLine[],
  txs: readonly AccountTx[],
): Promise<readonly Plan[]> {
  const { actor, tenantId, id } = undoing;
  const [first] = txs;
  if (!first) return page.map((line) => ({ line, present: undefined, outcome: { kind: 'gone' }, changes: [] }));
  await lockNames(first, tenantId);
  const at = store.now();
  const plans = await planPage(first, tenantId, page);
  const txOf = new Map(txs.map((tx) => [tx.accountId, tx]));
  const removed = plans.flatMap(({ present, outcome }) => (present && outcome.kind === 'removed' ? [present] : []));
  if (removed.length > 0) {
    await deleteStandardMailboxes(
      first,
      removed.map(({ accountId }) => accountId),
    );
    await deletePeople(first, tenantId, removed);
  }
  for (const { present, outcome, changes } of plans) {
    const tx = present && txOf.get(present.accountId);
    if (!tx) continue;
    const { personId, accountId, userName } = present;
    if (outcome.kind === 'removed')
      await recordTrace(tx, {
        tenantId,
        actor,
        verb: 'removePerson',
        at,
        accountId,
        details: { userName, import: id },
      });
    if (outcome.kind === 'closed')
      await shutOut(tx, actor, { tenantId, personId }, 'closed', { reason: `import ${id}`, at });
    if (changes.length > 0) await applyChanges(tx, present, changes, { actor, runId: id, verb: 'undoImport', at });
  }
  await markAll(first, undoing, plans);
  return plans;
}

async function markAll(
  tx: Parameters<typeof updateLineUndone>[0],
  key: Undoing,
  plans: readonly Plan[],
): Promise<void> {
  for (const { line, outcome } of plans) await updateLineUndone(tx, key, line.n, JSON.stringify(outcome));
}

async function planPage(
  tx: Parameters<typeof selectPresent>[0],
  tenantId: TenantId,
  page: readonly RunLine[],
): Promise<readonly Plan[]> {
  const personIds = page.map(({ personId }) => personId);
  const present = new Map(
    (await selectPresent(tx, tenantId, 'person.id', personIds)).map((one) => [one.personId, one]),
  );
  const added = page.flatMap(({ kind, personId }) => (kind === 'added' ? [personId] : []));
  const unused = new Map(
    (await selectUnused(tx, tenantId, added, standardClock.modseq)).map((one) => [one.personId, one]),
  );
  const wanted = page.flatMap(({ changes }) =>
    readChanges(changes).flatMap(({ field, from }) => (field === 'userName' && from !== null ? [from] : [])),
  );
  const taken = await selectTakenUserNames(tx, tenantId, wanted);
  return page.map((line): Plan => {
    const one = present.get(line.personId);
    if (!one) return { line, present: undefined, outcome: { kind: 'gone' }, changes: [] };
    if (line.kind === 'added') {
      const free = unused.get(line.personId);
      const kind = free === undefined ? 'inUse' : free.isUntouched ? 'removed' : 'closed';
      return { line, present: one, outcome: { kind }, changes: [] };
    }
    return planBack(line, one, (name) => (taken.get(name)?.personId ?? one.personId) === one.personId);
  });
}

/** The old values of what is as the run left it. */
function planBack(line: RunLine, present: Present, isFree: (userName: string) => boolean): Plan {
  const done = readChanges(line.changes);
  const isUndoable = (change: FieldChange): boolean => {
    if (!isStill(present, change)) return false;
    const { field, from } = change;
    if (field === 'userName') return from !== null && isFree(from);
    // The address that was first must still be theirs, and one that is first now stays.
    if (field === 'email') return from !== null && present.addresses.includes(from);
    return true;
  };
  const isEmailBack = done.some((change) => change.field === 'email' && isUndoable(change));
  const kept = done.filter(
    (change) => isUndoable(change) && !(change.field === 'alias' && change.to === present.email && !isEmailBack),
  );
  const left = done.filter((change) => !kept.includes(change)).map(({ field }) => field);
  const fields = [...new Set(left)];
  const outcome: Undone = fields.length === 0 ? { kind: 'undone' } : { kind: 'changedSince', fields };
  return { line, present, outcome, changes: reversed(kept) };
}

function readChanges(text: string | null): readonly FieldChange[] {
  const list: unknown = text === null ? [] : JSON.parse(text);
  return Array.isArray(list) ? list.filter(isChange) : [];
}

function isChange(value: unknown): value is FieldChange {
  return typeof value === 'object' && value !== null && 'field' in value && 'from' in value && 'to' in value;
}
