/**
 * Importing people by the thousand. Lines go in batches, each one transaction; a line that cannot be taken is told
 * and passed over. Whoever is there already (same externalId, user name or address) is left as they are, so a run that
 * was interrupted is simply started again.
 */
import { type CsvRecord, readCsv } from '#formats/csv/read.ts';
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireSystem } from '#server/access/require-right.ts';
import { hashNumen } from '#server/access/numen.ts';
import { hashWithin } from '#server/access/verify.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { TenantId, UnitId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import { chooseNames, type Chosen, isChosen, keep, noneChosen } from './choose.ts';
import { type BadRow, bad, type ImportColumn, type ImportRow, isBad, planRow, readHeader } from './import-row.ts';
import { baseAddress, baseUserName } from './names.ts';
import { selectDomains, selectTakenAddresses } from './queries/addresses.ts';
import { lockNames, selectUnits } from './queries/institution.ts';
import { selectKnownExternalIds, selectTakenNumens, selectTakenUserNames } from './queries/people.ts';
import { type Newcomer, registerAccounts } from './register.ts';

export type ImportedLine =
  | { readonly line: number; readonly kind: 'added'; readonly userName: string; readonly email: string }
  | { readonly line: number; readonly kind: 'present'; readonly key: string }
  | ({ readonly line: number; readonly kind: 'refused' } & BadRow);

export interface ImportOptions {
  readonly tenantId: TenantId;
  /** Says what would happen, and changes nothing. */
  readonly isDryRun?: boolean;
  /** Whether a password of the file must be changed at the first login. */
  readonly mustChangePassword?: boolean;
  /** Hears of each line, in the order of the file, once it is durable. */
  readonly onLine?: (line: ImportedLine) => void;
}

export interface ImportSummary {
  readonly lines: number;
  readonly added: number;
  readonly present: number;
  readonly refused: number;
}

const rowsPerBatch = 500;
const hashedAtOnce = 4;

/**
 * @param source the file's octets.
 * @throws {Refusal} `invalidArguments` when the first line does not name columns, `noSuchDomain`, `mayNot`.
 */
export async function importPeople(
  store: Store,
  actor: Actor,
  source: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<ImportSummary> {
  requireSystem(actor);
  const run = await openRun(store, options);
  const count = { added: 0, present: 0, refused: 0 };
  let columns: readonly ImportColumn[] | undefined;
  let waiting: CsvRecord[] = [];
  const flush = async (): Promise<void> => {
    if (columns === undefined || waiting.length === 0) return;
    for (const line of await importBatch(store, actor, run, columns, waiting)) {
      count[line.kind] += 1;
      options.onLine?.(line);
    }
    waiting = [];
  };
  for await (const records of readCsv(source)) {
    for (const record of records) {
      if (columns === undefined) columns = columnsOf(record);
      else if (waiting.push(record) >= rowsPerBatch) await flush();
    }
  }
  await flush();
  if (columns === undefined) throw new Refusal('invalidArguments', { description: 'the file is empty' });
  return { lines: count.added + count.present + count.refused, ...count };
}

function columnsOf(header: CsvRecord): readonly ImportColumn[] {
  const read = readHeader(header.fields);
  if ('columns' in read) return read.columns;
  throw new Refusal('invalidArguments', { description: `not columns of people: ${read.unknown.join(', ')}` });
}

/** What holds for the whole file. */
interface Run extends ImportOptions {
  readonly defaultDomain: string;
  readonly domains: ReadonlySet<string>;
  /** By code, and by path of codes. */
  readonly units: ReadonlyMap<string, UnitId>;
  readonly userNames: Chosen;
  readonly addresses: Chosen;
  readonly externalIds: Chosen;
  readonly numens: Chosen;
  readonly hashOf: (numen: string) => string;
}

function openRun(store: Store, options: ImportOptions): Promise<Run> {
  const { tenantId } = options;
  return read(store, async (tx) => {
    const domains = (await selectDomains(tx, tenantId)).map(({ name }) => name);
    const [defaultDomain] = domains;
    if (defaultDomain === undefined) throw new Refusal('noSuchDomain', { description: 'the tenant has no domain yet' });
    const units = new Map<string, UnitId>();
    const pathById = new Map<UnitId, string>();
    for (const { id, parentId, code } of await selectUnits(tx, tenantId, '/')) {
      const above = parentId === null ? undefined : pathById.get(parentId);
      const path = above === undefined ? (code ?? '') : `${above}/${code ?? ''}`;
      pathById.set(id, path);
      units.set(path, id);
      if (code !== null) units.set(code, id);
    }
    const chosen = {
      userNames: noneChosen(),
      addresses: noneChosen(),
      externalIds: noneChosen(),
      numens: noneChosen(),
    };
    const hashOf = (numen: string): string => hashNumen(store, numen);
    return { ...options, defaultDomain, domains: new Set(domains), units, hashOf, ...chosen };
  });
}

interface NewLine {
  readonly line: number;
  readonly kind: 'new';
  readonly row: ImportRow;
  readonly unitId: UnitId | null;
}

type Decided = Exclude<ImportedLine, { kind: 'added' }> | NewLine;

async function importBatch(
  store: Store,
  actor: Actor,
  run: Run,
  columns: readonly ImportColumn[],
  records: readonly CsvRecord[],
): Promise<readonly ImportedLine[]> {
  const rows = records.map(({ line, fields, problem }) => ({
    line,
    row: problem === undefined ? planRow(columns, fields) : bad(problem, fields[0] ?? ''),
  }));
  const hashes = await hashPasswords(store, run, rows);
  const isDryRun = run.isDryRun === true;
  const enter = isDryRun ? read : write;
  const { lines, batch } = await enter(store, async (tx) => {
    if (!isDryRun) await lockNames(tx, run.tenantId);
    const batch = openBatch(run);
    const decided = await decide(tx, run, batch, rows);
    const newLines = decided.filter((one) => one.kind === 'new');
    const newcomers = await nameThem(tx, run, batch, newLines, hashes);
    if (!isDryRun && newcomers.length > 0) {
      const { tenantId } = run;
      const at = store.now();
      await registerAccounts(tx, tenantId, newcomers, at);
      await recordTrace(tx, { tenantId, actor, verb: 'importPeople', at, details: { added: newcomers.length } });
    }
    let next = 0;
    const lines = decided.map((one): ImportedLine => {
      if (one.kind !== 'new') return one;
      const newcomer = newcomers[next++];
      return {
        line: one.line,
        kind: 'added',
        userName: newcomer?.person?.userName ?? '',
        email: newcomer?.email ?? '',
      };
    });
    return { lines, batch };
  });
  keep(batch.userNames, !isDryRun);
  keep(batch.addresses, !isDryRun);
  keep(batch.externalIds, !isDryRun);
  keep(batch.numens, !isDryRun);
  return lines;
}

interface Line {
  readonly line: number;
  readonly row: ImportRow | BadRow;
}

type Batch = Pick<Run, 'userNames' | 'addresses' | 'externalIds' | 'numens'>;

function openBatch(run: Run): Batch {
  return {
    userNames: noneChosen(run.userNames),
    addresses: noneChosen(run.addresses),
    externalIds: noneChosen(run.externalIds),
    numens: noneChosen(run.numens),
  };
}

/** Hashing costs a thousand times the rest, so it is done outside the transaction, and only for who is new. */
async function hashPasswords(store: Store, run: Run, rows: readonly Line[]): Promise<ReadonlyMap<number, string>> {
  const hashes = new Map<number, string>();
  if (run.isDryRun === true || !rows.some(({ row }) => !isBad(row) && row.password !== undefined)) return hashes;
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

/** Who of these lines is new, who is there already, and what is wrong with the others. */
async function decide(tx: Tx, run: Run, batch: Batch, lines: readonly Line[]): Promise<readonly Decided[]> {
  const { tenantId } = run;
  const fit = lines.flatMap(({ row }) => (isBad(row) ? [] : [row]));
  const names = await selectTakenUserNames(
    tx,
    tenantId,
    fit.flatMap(({ userName }) => userName ?? []),
  );
  const ids = await selectKnownExternalIds(
    tx,
    tenantId,
    fit.flatMap(({ externalId }) => externalId ?? []),
  );
  const addresses = await selectTakenAddresses(
    tx,
    tenantId,
    fit.flatMap(({ email, aliases }) => [...(email === undefined ? [] : [email]), ...aliases]),
  );
  const numens = await selectTakenNumens(
    tx,
    tenantId,
    fit.flatMap(({ numen }) => (numen === undefined ? [] : [run.hashOf(numen)])),
  );
  return lines.map(({ line, row }): Decided => {
    if (isBad(row)) return { line, kind: 'refused', ...row };
    const { userName, externalId, email } = row;
    const refuse = (problem: BadRow['problem'], value: string): Decided => ({
      line,
      kind: 'refused',
      ...bad(problem, value),
    });
    if (externalId !== undefined && ids.has(externalId)) return { line, kind: 'present', key: externalId };
    if (userName !== undefined && names.has(userName)) {
      const isSame = externalId === undefined || names.get(userName) === externalId;
      return isSame ? { line, kind: 'present', key: userName } : refuse('userNameTaken', userName);
    }
    if (email !== undefined && addresses.has(email)) {
      const isKey = userName === undefined && externalId === undefined;
      return isKey ? { line, kind: 'present', key: email } : refuse('addressTaken', email);
    }
    const own = [...(email === undefined ? [] : [email]), ...row.aliases];
    const taken = row.aliases.find((alias) => addresses.has(alias));
    if (taken !== undefined) return refuse('addressTaken', taken);
    const foreign = own.find((address) => !run.domains.has(address.slice(address.lastIndexOf('@') + 1)));
    if (foreign !== undefined) return refuse('foreignDomain', foreign);
    const unitId = row.unit === undefined ? null : run.units.get(row.unit);
    if (unitId === undefined) return refuse('noSuchUnit', row.unit ?? '');
    const numen = row.numen === undefined ? undefined : run.hashOf(row.numen);
    if (numen !== undefined && (numens.has(numen) || isChosen(batch.numens, numen)))
      return refuse('numenTaken', `${row.numen?.slice(0, 3) ?? ''}…`);
    const twice = findTwice(batch, row, own);
    if (twice !== undefined) return refuse('twiceInFile', twice);
    if (numen !== undefined) batch.numens.taken.add(numen);
    return { line, kind: 'new', row, unitId };
  });
}

/** What a line before has already in this batch (or in this dry run); takes it for this line when nothing is. */
function findTwice(batch: Batch, { userName, externalId }: ImportRow, own: readonly string[]): string | undefined {
  if (externalId !== undefined && isChosen(batch.externalIds, externalId)) return externalId;
  if (userName !== undefined && isChosen(batch.userNames, userName)) return userName;
  const address = own.find((one) => isChosen(batch.addresses, one));
  if (address !== undefined) return address;
  if (externalId !== undefined) batch.externalIds.taken.add(externalId);
  if (userName !== undefined) batch.userNames.taken.add(userName);
  for (const one of own) batch.addresses.taken.add(one);
  return undefined;
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
        mustChangePassword: passwordHash !== null && (run.mustChangePassword ?? true),
        language: row.language,
        externalId: row.externalId ?? null,
        numenHash: row.numen === undefined ? null : run.hashOf(row.numen),
        birthDate: row.birthDate ?? null,
        recoveryEmail: row.recoveryEmail ?? null,
      },
    };
  });
}
