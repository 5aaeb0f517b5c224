/**
 * Importing people by the thousand. Lines go in batches, each one transaction; a line that cannot be taken is told
 * and passed over. Whoever is there already (same externalId, user name or address) is left as they are, or takes what
 * differs where that is asked for; so a run that was interrupted is simply started again. Where the lines come from (a CSV
 * file, a directory) makes no difference here. What a run did is kept line by line, to be undone (import-undo.ts).
 */
import type { CsvRecord } from '#formats/csv/read.ts';
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireSystem } from '#server/access/require-right.ts';
import { hashNumen } from '#server/access/numen.ts';
import { hashWithin } from '#server/access/verify.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { PeopleRunId, TenantId, UnitId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';
import { transactions } from '#server/store/transaction.ts';

import { chooseNames, keep } from './choose.ts';
import { takeEffect } from './appointments/job.ts';
import { appointNew } from './import-appointment.ts';
import { applyChanges } from './import-apply.ts';
import { type ToldChange, tellChanges } from './import-change.ts';
import { type Closing, closeMissing } from './import-close.ts';
import { type Batch, type Decided, decide, type Known, type Line, type NewLine, openBatch } from './import-decide.ts';
import { type BadRow, bad, type ImportColumn, isBad, planRow, readHeader } from './import-row.ts';
import { openRun, type RunKind } from './import-runs.ts';
import { baseAddress, baseUserName } from './names.ts';
import { selectDomains, selectTakenAddresses } from './queries/addresses.ts';
import { lockNames, selectUnits } from './queries/institution.ts';
import { selectTakenUserNames } from './queries/people.ts';
import { insertRunLines, updateRunFinished } from './queries/runs.ts';
import { type Newcomer, registerAccounts } from './register.ts';

export type ImportedLine =
  | { readonly line: number; readonly kind: 'added'; readonly userName: string; readonly email: string }
  /** They were there, and took what their line says. */
  | {
      readonly line: number;
      readonly kind: 'changed';
      readonly key: string;
      readonly userName: string;
      readonly changes: readonly ToldChange[];
    }
  /** They were there and are left as they are; `differs` is what their line says otherwise. */
  | {
      readonly line: number;
      readonly kind: 'present';
      readonly key: string;
      readonly differs: readonly ToldChange[];
    }
  | ({ readonly line: number; readonly kind: 'refused' } & BadRow)
  /** No line named them. */
  | { readonly kind: 'closed'; readonly key: string; readonly userName: string };

export interface ImportOptions {
  readonly tenantId: TenantId;
  /** Says what would happen, and changes nothing. */
  readonly isDryRun?: boolean;
  /** Whether those who are there already take what their line says. */
  readonly isUpdating?: boolean;
  /** Whom to close because no line named them; nobody without it. */
  readonly closing?: Closing | undefined;
  /** Where the lines come from, for the list of runs. */
  readonly from?: { readonly kind: RunKind; readonly source: string };
  /** Whether a password of the file must be changed at the first login. */
  readonly mustChangePassword?: boolean;
  /** Hears of each line, in the order of the file, once it is durable. */
  readonly onLine?: (line: ImportedLine) => void;
}

export interface ImportSummary {
  /** By which it is undone; undefined of a dry run. */
  readonly run: PeopleRunId | undefined;
  readonly lines: number;
  readonly added: number;
  readonly changed: number;
  /** Of those left as they are, how many differ from their line. */
  readonly differing: number;
  readonly present: number;
  readonly refused: number;
  readonly closed: number;
  /** Why nobody was closed though that was asked for. */
  readonly notClosed: 'unreadableLines' | 'tooMany' | undefined;
}

const rowsPerBatch = 500;
const changesPerTransaction = 100;
const hashedAtOnce = 4;

/**
 * @param source records, the first of which names the columns.
 * @throws {Refusal} `invalidArguments` when it does not, `noSuchDomain`, `mayNot`.
 */
export async function importPeople(
  store: Store,
  actor: Actor,
  source: AsyncIterable<readonly CsvRecord[]>,
  options: ImportOptions,
): Promise<ImportSummary> {
  requireSystem(actor);
  const known = await readKnown(store, options);
  const count = { added: 0, changed: 0, present: 0, differing: 0, refused: 0, closed: 0 };
  const hear = (line: ImportedLine): void => {
    count[line.kind] += 1;
    if (line.kind === 'present' && line.differs.length > 0) count.differing += 1;
    options.onLine?.(line);
  };
  let run: Run | undefined;
  let waiting: CsvRecord[] = [];
  const flush = async (): Promise<void> => {
    if (run === undefined || waiting.length === 0) return;
    for (const line of await importBatch(store, actor, run, waiting)) hear(line);
    waiting = [];
  };
  for await (const records of source) {
    for (const record of records) {
      if (run === undefined) run = await beginRun(store, known, options, columnsOf(record));
      else if (waiting.push(record) >= rowsPerBatch) await flush();
    }
  }
  await flush();
  if (run === undefined) throw new Refusal('invalidArguments', { description: 'the file is empty' });
  // What began already is done now, not within the hour.
  if (run.id !== undefined && run.columns.includes('from')) await takeEffect(store);
  const { tenantId, id } = run;
  const lines = count.added + count.changed + count.present + count.refused;
  const notClosed = await closeMissing(store, actor, run, hear);
  if (id !== undefined)
    await write(store, (tx) => updateRunFinished(tx, { tenantId, id }, { lines, ...count }, store.now()));
  return { run: id, lines, ...count, notClosed };
}

function columnsOf(header: CsvRecord): readonly ImportColumn[] {
  const read = readHeader(header.fields);
  if ('columns' in read) return read.columns;
  throw new Refusal('invalidArguments', { description: `not columns of people: ${read.unknown.join(', ')}` });
}

/** What holds for the whole file. */
interface Run extends Known, Batch {
  /** Undefined of a dry run. */
  readonly id: PeopleRunId | undefined;
  readonly columns: readonly ImportColumn[];
  readonly defaultDomain: string;
  readonly mustChangePassword: boolean;
  readonly closing: Closing | undefined;
  /** External ids the file names, and whether some line could not be read well enough to tell. */
  readonly seen: { readonly externalIds: Set<string>; isUnsure: boolean };
  readonly unitName: (id: number) => string | undefined;
}

type KnownOfAll = Known & Pick<Run, 'defaultDomain' | 'unitName'>;

function readKnown(store: Store, { tenantId, isUpdating = false }: ImportOptions): Promise<KnownOfAll> {
  return read(store, async (tx) => {
    const domains = (await selectDomains(tx, tenantId)).map(({ name }) => name);
    const [defaultDomain] = domains;
    if (defaultDomain === undefined) throw new Refusal('noSuchDomain', { description: 'the tenant has no domain yet' });
    const units = new Map<string, UnitId>();
    const closedUnits = new Map<string, UnitId>();
    const pathById = new Map<number, string>();
    for (const { id, parentId, code, closedAt } of await selectUnits(tx, tenantId, '/')) {
      const above = parentId === null ? undefined : pathById.get(parentId);
      const path = above === undefined ? (code ?? '') : `${above}/${code ?? ''}`;
      pathById.set(id, path);
      // Nobody is put in a unit that is closed.
      const those = closedAt === null ? units : closedUnits;
      those.set(path, id);
      if (code !== null) those.set(code, id);
    }
    const hashOf = (numen: string): string => hashNumen(store, numen);
    const unitName = (id: number): string | undefined => pathById.get(id);
    return { tenantId, isUpdating, defaultDomain, domains: new Set(domains), units, closedUnits, hashOf, unitName };
  });
}

async function beginRun(
  store: Store,
  known: KnownOfAll,
  options: ImportOptions,
  columns: readonly ImportColumn[],
): Promise<Run> {
  const { isDryRun = false, from = { kind: 'csv', source: '' }, mustChangePassword = true, closing } = options;
  const id = isDryRun ? undefined : await openRun(store, known.tenantId, from);
  const seen = { externalIds: new Set<string>(), isUnsure: false };
  return { ...known, ...openBatch(), id, columns, mustChangePassword, closing, seen };
}

async function importBatch(
  store: Store,
  actor: Actor,
  run: Run,
  records: readonly CsvRecord[],
): Promise<readonly ImportedLine[]> {
  const rows = records.map(({ line, fields, problem }) => ({
    line,
    row: problem === undefined ? planRow(run.columns, fields) : bad(problem, fields[0] ?? ''),
  }));
  if (run.closing) noteSeen(run, records);
  const hashes = await hashPasswords(store, run, rows);
  const { tenantId, id } = run;
  const enter = id === undefined ? read : write;
  const { decided, newcomers, batch } = await enter(store, async (tx) => {
    if (id !== undefined) await lockNames(tx, tenantId);
    const batch = openBatch(run);
    const decided = await decide(tx, run, batch, rows);
    const newLines = decided.filter((one) => one.kind === 'new');
    const newcomers = await nameThem(tx, run, batch, newLines, hashes);
    if (id !== undefined && newcomers.length > 0) {
      const at = store.now();
      const registered = await registerAccounts(tx, tenantId, newcomers, at);
      await insertRunLines(
        tx,
        { tenantId, id },
        registered.flatMap(({ personId }, index) =>
          personId === undefined
            ? []
            : [{ n: newLines[index]?.line ?? 0, kind: 'added' as const, personId, changes: null }],
        ),
      );
      await appointNew(tx, tenantId, newLines, registered, at);
      const details = { added: newcomers.length, import: id };
      await recordTrace(tx, { tenantId, actor, verb: 'importPeople', at, details });
    }
    return { decided, newcomers, batch };
  });
  for (const one of ['userNames', 'addresses', 'externalIds', 'numens'] as const) keep(batch[one], id !== undefined);
  keep(batch.people, false);
  for (const one of decided) if (one.kind === 'present' || one.kind === 'changing') noteExternalId(run, one.present);
  const failed = id === undefined ? new Map<number, BadRow>() : await change(store, actor, { ...run, id }, decided);
  let next = 0;
  return decided.map((one): ImportedLine => {
    const { line } = one;
    switch (one.kind) {
      case 'refused':
        return one;
      case 'present':
        return { line, kind: 'present', key: one.key, differs: tellChanges(one.changes, run.unitName) };
      case 'changing': {
        const problem = failed.get(line);
        if (problem) return { line, kind: 'refused', ...problem };
        const { userName } = one.present;
        return { line, kind: 'changed', key: one.key, userName, changes: tellChanges(one.changes, run.unitName) };
      }
      case 'new': {
        const newcomer = newcomers[next++];
        return { line, kind: 'added', userName: newcomer?.person?.userName ?? '', email: newcomer?.email ?? '' };
      }
    }
  });
}

function noteExternalId({ seen }: Run, { externalId }: { readonly externalId: string | null }): void {
  if (externalId !== null) seen.externalIds.add(externalId);
}

/** A line that is refused for something else still names somebody: nobody is closed because of a wrong quota. */
function noteSeen({ seen, columns }: Run, records: readonly CsvRecord[]): void {
  const at = columns.indexOf('externalId');
  for (const { fields, problem } of records) {
    const externalId = fields[at]?.trim() ?? '';
    if (problem !== undefined) seen.isUnsure = true;
    else if (externalId !== '') seen.externalIds.add(externalId);
  }
}

/**
 * Changes those who differ, each account under its own lock, judged anew there: somebody may have changed them meanwhile.
 * @returns what was wrong after all, by line.
 */
async function change(
  store: Store,
  actor: Actor,
  run: Run & { readonly id: PeopleRunId },
  decided: readonly Decided[],
): Promise<ReadonlyMap<number, BadRow>> {
  const failed = new Map<number, BadRow>();
  const lines = decided.filter((one) => one.kind === 'changing');
  const { tenantId, id: runId } = run;
  for (let from = 0; from < lines.length; from += changesPerTransaction) {
    const some = lines.slice(from, from + changesPerTransaction);
    const accountIds = some.map(({ present }) => present.accountId);
    const refused = await transactions(store, accountIds, async (txs) => {
      const [first] = txs;
      if (!first) return [];
      await lockNames(first, tenantId);
      const at = store.now();
      const again = await decide(first, run, openBatch(), some);
      for (const one of again) {
        const tx = one.kind === 'changing' && txs.find(({ accountId }) => accountId === one.present.accountId);
        if (one.kind !== 'changing' || !tx) continue;
        const { line: n, present, changes } = one;
        await applyChanges(tx, present, changes, { actor, runId, verb: 'changePerson', at });
        const kept = { n, kind: 'changed' as const, personId: present.personId, changes: JSON.stringify(changes) };
        await insertRunLines(tx, { tenantId, id: runId }, [kept]);
      }
      return again.filter((one) => one.kind === 'refused');
    });
    for (const { line, problem, value } of refused) failed.set(line, { problem, value });
  }
  return failed;
}

/** Hashing costs a thousand times the rest, so it is done outside the transaction, and only for who is new. */
async function hashPasswords(store: Store, run: Run, rows: readonly Line[]): Promise<ReadonlyMap<number, string>> {
  const hashes = new Map<number, string>();
  if (run.id === undefined || !rows.some(({ row }) => !isBad(row) && row.password !== undefined)) return hashes;
  const decided = await read(store, (tx) => decide(tx, run, openBatch(run), rows));
  const waiting = decided.flatMap((one) =>
    one.kind === 'new' && one.row.password !== undefined ? [{ line: one.line, password: one.row.password }] : [],
  );
  const hashSome = async (): Promise<void> => {
    for (let one = waiting.shift(); one; one = waiting.shift())
      hashes.set(one.line, await hashWithin(store, one.password));
  };
  await Promise.all(Array.from({ length: hashedAtOnce }, hashSome));
  return hashes;
}

/** Gives names to those whose line has none: what the lines themselves say is taken already. */
async function nameThem(
  tx: Tx,
  run: Run,
  batch: Batch,
  lines: readonly NewLine[],
  hashes: ReadonlyMap<number, string>,
): Promise<readonly Newcomer[]> {
  const { tenantId, defaultDomain } = run;
  const nameless = lines.filter(({ row }) => row.userName === undefined);
  const userNames = await chooseNames(
    nameless.map(({ row }) => baseUserName(row.givenName, row.familyName)),
    (name) => name,
    (names) => selectTakenUserNames(tx, tenantId, names),
    batch.userNames,
  );
  const addressless = lines.filter(({ row }) => row.email === undefined);
  const emails = await chooseNames(
    addressless.map(({ row }) => baseAddress(row.givenName, row.familyName)),
    (local) => `${local}@${defaultDomain}`,
    (addresses) => selectTakenAddresses(tx, tenantId, addresses),
    batch.addresses,
  );
  const userNameOf = new Map(nameless.map((line, index) => [line, userNames[index]]));
  const emailOf = new Map(addressless.map((line, index) => [line, emails[index]]));
  return lines.map((line): Newcomer => {
    const { row, unitId } = line;
    const passwordHash = hashes.get(line.line) ?? null;
    return {
      name: `${row.givenName} ${row.familyName}`.trim(),
      email: row.email ?? emailOf.get(line) ?? '',
      isProvisional: false,
      aliases: row.aliases,
      unitId,
      quotaOctets: row.quotaOctets,
      person: {
        userName: row.userName ?? userNameOf.get(line) ?? '',
        givenName: row.givenName,
        familyName: row.familyName,
        population: row.population,
        functionName: row.functionName,
        passwordHash,
        mustChangePassword: passwordHash !== null && run.mustChangePassword,
        language: row.language,
        externalId: row.externalId ?? null,
        numenHash: row.numen === undefined ? null : run.hashOf(row.numen),
        birthDate: row.birthDate ?? null,
        recoveryEmail: row.recoveryEmail ?? null,
      },
    };
  });
}
