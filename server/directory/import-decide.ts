/** Judging a batch of lines against what is kept: who is new, who is there and differs, and what is wrong with the others. */
import type { AccountId, PersonId, TenantId, UnitId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';

import { appointmentsAtMost } from './appointments/appoint.ts';
import { type Chosen, isChosen, noneChosen } from './choose.ts';
import { type FieldChange, findConflict, namesIn, planChanges, type Taken } from './import-change.ts';
import { type BadRow, bad, type ImportRow, isBad } from './import-row.ts';
import { selectTakenAddresses } from './queries/addresses.ts';
import { type Named, selectKnownExternalIds, selectTakenNumens, selectTakenUserNames } from './queries/people.ts';
import { type Present, selectPresent } from './queries/present.ts';

/** What holds for the whole file. */
export interface Known {
  readonly tenantId: TenantId;
  /** Whether those who are there take what their line says. */
  readonly isUpdating: boolean;
  readonly domains: ReadonlySet<string>;
  /** By code, and by path of codes. */
  readonly units: ReadonlyMap<string, UnitId>;
  /** Nobody is put there any more; who is there stays. */
  readonly closedUnits: ReadonlyMap<string, UnitId>;
  readonly hashOf: (numen: string) => string;
}

/** What lines before have taken that no statement finds yet. */
export interface Batch {
  readonly userNames: Chosen;
  readonly addresses: Chosen;
  readonly externalIds: Chosen;
  readonly numens: Chosen;
  /** Those a line was about, by number. */
  readonly people: Chosen;
}

export function openBatch(below?: Batch): Batch {
  return {
    userNames: noneChosen(below?.userNames),
    addresses: noneChosen(below?.addresses),
    externalIds: noneChosen(below?.externalIds),
    numens: noneChosen(below?.numens),
    people: noneChosen(below?.people),
  };
}

export interface Line {
  readonly line: number;
  readonly row: ImportRow | BadRow;
}

export type Decided =
  | ({ readonly line: number; readonly kind: 'refused' } & BadRow)
  | {
      readonly line: number;
      readonly kind: 'present';
      readonly key: string;
      readonly present: Present;
      readonly changes: readonly FieldChange[];
    }
  | {
      readonly line: number;
      readonly kind: 'changing';
      readonly key: string;
      readonly row: ImportRow;
      readonly present: Present;
      readonly changes: readonly FieldChange[];
    }
  | NewLine;

export interface NewLine {
  readonly line: number;
  readonly kind: 'new';
  readonly row: ImportRow;
  readonly unitId: UnitId | null;
}

export async function decide(tx: Tx, run: Known, batch: Batch, lines: readonly Line[]): Promise<readonly Decided[]> {
  const fit = lines.flatMap(({ row }) => (isBad(row) ? [] : [row]));
  const found = await lookUp(tx, run, fit);
  return lines.map(({ line, row }): Decided => {
    if (isBad(row)) return { line, kind: 'refused', ...row };
    const refuse = ({ problem, value }: BadRow): Decided => ({ line, kind: 'refused', problem, value });
    const who = whoIs(found, row);
    if (who !== undefined && 'problem' in who) return refuse(who);
    if (who !== undefined) {
      const { present, key } = who;
      const unitId = unitOf(run, row, present);
      const numenHash = row.numen === undefined ? undefined : run.hashOf(row.numen);
      const changes = planChanges(present, row, { unitId, numenHash });
      if (!run.isUpdating) return { line, kind: 'present', key, present, changes };
      if (row.unit !== undefined && unitId === undefined) return refuse(bad('noSuchUnit', row.unit));
      if (changes.length === 0) return { line, kind: 'present', key, present, changes };
      const unfit = judgeAppointment(run, row, present, changes);
      if (unfit) return refuse(unfit);
      const conflict = findConflict(present, changes, found) ?? takeForChange(batch, present, changes, key);
      return conflict ? refuse(conflict) : { line, kind: 'changing', key, row, present, changes };
    }
    return decideNew(run, batch, found, { line, row });
  });
}

/** Nobody is appointed to a closed unit, though who is there may stay. */
function judgeAppointment(
  { units }: Known,
  { unit }: ImportRow,
  { appointments }: Present,
  changes: readonly FieldChange[],
): BadRow | undefined {
  if (!changes.some(({ field }) => field === 'appointment')) return undefined;
  if (appointments.length >= appointmentsAtMost) return bad('tooManyAppointments', String(appointments.length));
  return unit !== undefined && !units.has(unit) ? bad('noSuchUnit', unit) : undefined;
}

function unitOf({ units, closedUnits }: Known, { unit }: ImportRow, present: Present): UnitId | undefined {
  if (unit === undefined) return undefined;
  const closed = closedUnits.get(unit);
  return units.get(unit) ?? (closed === present.unitId ? closed : undefined);
}

interface Found extends Taken {
  readonly userNames: ReadonlyMap<string, Named>;
  readonly externalIds: ReadonlyMap<string, PersonId>;
  readonly byPerson: ReadonlyMap<PersonId, Present>;
  readonly byAccount: ReadonlyMap<AccountId, Present>;
}

async function lookUp(tx: Tx, { tenantId, domains, hashOf }: Known, rows: readonly ImportRow[]): Promise<Found> {
  const userNames = await selectTakenUserNames(
    tx,
    tenantId,
    rows.flatMap(({ userName }) => userName ?? []),
  );
  const externalIds = await selectKnownExternalIds(
    tx,
    tenantId,
    rows.flatMap(({ externalId }) => externalId ?? []),
  );
  const addresses = await selectTakenAddresses(
    tx,
    tenantId,
    rows.flatMap(({ email, aliases }) => (email === undefined ? aliases : [email, ...aliases])),
  );
  const numens = await selectTakenNumens(
    tx,
    tenantId,
    rows.flatMap(({ numen }) => (numen === undefined ? [] : [hashOf(numen)])),
  );
  const people = new Set([...externalIds.values(), ...[...userNames.values()].map(({ personId }) => personId)]);
  const byName = await selectPresent(tx, tenantId, 'person.id', [...people]);
  const known = new Set(byName.map(({ accountId }) => accountId));
  const others = new Set([...addresses.values()].filter((id) => !known.has(id)));
  const all = [...byName, ...(await selectPresent(tx, tenantId, 'person.account_id', [...others]))];
  return {
    userNames,
    externalIds,
    addresses,
    numens,
    domains,
    byPerson: new Map(all.map((one) => [one.personId, one])),
    byAccount: new Map(all.map((one) => [one.accountId, one])),
  };
}

/** Whom a line means; undefined when they are not there yet. */
function whoIs(found: Found, row: ImportRow): { readonly present: Present; readonly key: string } | BadRow | undefined {
  const { externalId, userName, email } = row;
  const identified = externalId === undefined ? undefined : found.externalIds.get(externalId);
  if (identified !== undefined) return presentAs(found.byPerson.get(identified), externalId ?? '');
  const named = userName === undefined ? undefined : found.userNames.get(userName);
  if (named !== undefined) {
    const isSame = externalId === undefined || named.externalId === externalId;
    return isSame
      ? presentAs(found.byPerson.get(named.personId), userName ?? '')
      : bad('userNameTaken', userName ?? '');
  }
  const owner = email === undefined ? undefined : found.addresses.get(email);
  if (owner === undefined) return undefined;
  const person = found.byAccount.get(owner);
  const isKey = userName === undefined && externalId === undefined && person !== undefined;
  return isKey ? presentAs(person, email ?? '') : bad('addressTaken', email ?? '');
}

function presentAs(present: Present | undefined, key: string) {
  if (!present) throw new Error('a person was found by name and not by number');
  return { present, key };
}

/** What these changes take, unless a line before did. */
function takeForChange(
  batch: Batch,
  { personId }: Present,
  changes: readonly FieldChange[],
  key: string,
): BadRow | undefined {
  const { userNames, addresses, numens } = namesIn(changes);
  if (isChosen(batch.people, String(personId))) return bad('twiceInFile', key);
  const twice =
    userNames.find((one) => isChosen(batch.userNames, one)) ??
    addresses.find((one) => isChosen(batch.addresses, one)) ??
    (numens.some((one) => isChosen(batch.numens, one)) ? '…' : undefined);
  if (twice !== undefined) return bad('twiceInFile', twice);
  batch.people.taken.add(String(personId));
  for (const one of userNames) batch.userNames.taken.add(one);
  for (const one of addresses) batch.addresses.taken.add(one);
  for (const one of numens) batch.numens.taken.add(one);
  return undefined;
}

function decideNew(
  run: Known,
  batch: Batch,
  found: Found,
  given: { readonly line: number; readonly row: ImportRow },
): Decided {
  const { line, row } = given;
  const { email } = row;
  const refuse = (problem: BadRow['problem'], value: string): Decided => ({
    line,
    kind: 'refused',
    ...bad(problem, value),
  });
  const own = [...(email === undefined ? [] : [email]), ...row.aliases];
  const taken = row.aliases.find((alias) => found.addresses.has(alias));
  if (taken !== undefined) return refuse('addressTaken', taken);
  const foreign = own.find((address) => !run.domains.has(address.slice(address.lastIndexOf('@') + 1)));
  if (foreign !== undefined) return refuse('foreignDomain', foreign);
  const unitId = row.unit === undefined ? null : run.units.get(row.unit);
  if (unitId === undefined) return refuse('noSuchUnit', row.unit ?? '');
  const numen = row.numen === undefined ? undefined : run.hashOf(row.numen);
  if (numen !== undefined && (found.numens.has(numen) || isChosen(batch.numens, numen)))
    return refuse('numenTaken', `${row.numen?.slice(0, 3) ?? ''}…`);
  const twice = findTwice(batch, row, own);
  if (twice !== undefined) return refuse('twiceInFile', twice);
  if (numen !== undefined) batch.numens.taken.add(numen);
  return { line, kind: 'new', row, unitId };
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
