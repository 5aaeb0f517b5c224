/**
 * What a line of an import says otherwise than what is kept of somebody: field by field, pure. The same list of changes is
 * shown by a dry run, done by an import, kept for its undoing, and undone backwards.
 */
import type { AccountId, PersonId, UnitId } from '#server/store/ids.ts';

import { appointmentOf, isAppointment, printAppointment, readAppointment } from './import-appointment.ts';
import { type BadRow, bad, type ImportColumn, type ImportRow } from './import-row.ts';
import type { Present } from './queries/present.ts';

export type ChangedField =
  | 'userName'
  | 'givenName'
  | 'familyName'
  /** One more address that leads there. */
  | 'alias'
  /** The first address; the one before stays as an alias. */
  | 'email'
  | 'unit'
  | 'population'
  | 'function'
  | 'quota'
  | 'language'
  | 'numen'
  | 'birthDate'
  | 'recoveryEmail'
  | 'state'
  | 'stateReason'
  /** One that is planned, as text (import-appointment.ts). */
  | 'appointment';

/** Values as they are kept: a unit's number, a NUMEN's hash, octets. */
export interface FieldChange {
  readonly field: ChangedField;
  readonly from: string | null;
  readonly to: string | null;
}

/** Why a run closed somebody; with it alone a later run knows that it may open them again. */
export function closedBy(runId: number | undefined): string {
  return `import ${runId ?? 0}`;
}

const closedByImport = /^import \d+$/;

export interface Resolved {
  /** Undefined where the line names none. */
  readonly unitId: UnitId | undefined;
  readonly numenHash: string | undefined;
}

/** In the order in which they are done; none where the line says what is kept. */
export function planChanges(present: Present, row: ImportRow, { unitId, numenHash }: Resolved): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  const note = (field: ChangedField, from: string | null, to: string | null): void => {
    if (from !== to) changes.push({ field, from, to });
  };
  const when = (column: ImportColumn, run: () => void): void => {
    if (row.said.has(column)) run();
  };
  when('userName', () => note('userName', present.userName, row.userName ?? present.userName));
  when('givenName', () => note('givenName', present.givenName, row.givenName));
  when('familyName', () => note('familyName', present.familyName, row.familyName));
  const told = row.email === undefined ? row.aliases : [row.email, ...row.aliases];
  for (const address of new Set(told)) if (!present.addresses.includes(address)) note('alias', null, address);
  if (row.email !== undefined) note('email', present.email, row.email);
  const appointed = appointmentOf(row, unitId ?? present.unitId);
  if (appointed) {
    const text = printAppointment(appointed);
    if (!present.appointments.some((one) => one.state !== 'cancelled' && isAppointment(one, text)))
      note('appointment', null, text);
  } else {
    if (unitId !== undefined) note('unit', textOf(present.unitId), String(unitId));
    when('population', () => note('population', present.population, row.population));
    when('function', () => note('function', present.functionName, row.functionName));
    when('quota', () => note('quota', textOf(present.quotaOctets), textOf(row.quotaOctets)));
  }
  when('language', () => note('language', present.language, row.language));
  if (numenHash !== undefined) note('numen', present.numenHash, numenHash);
  if (row.birthDate !== undefined) note('birthDate', present.birthDate, row.birthDate);
  // What its holder has confirmed is theirs to change.
  if (row.recoveryEmail !== undefined && !present.isRecoveryVerified)
    note('recoveryEmail', present.recoveryEmail, row.recoveryEmail);
  if (present.state === 'closed' && closedByImport.test(present.stateReason ?? '')) {
    note('state', 'closed', present.hasPassword ? 'active' : 'provisioned');
    note('stateReason', present.stateReason, null);
  }
  return changes;
}

const textOf = (value: number | null): string | null => (value === null ? null : String(value));

/** Names that may be had once only, and who has them now. */
export interface Taken {
  readonly userNames: ReadonlyMap<string, { readonly personId: PersonId }>;
  readonly addresses: ReadonlyMap<string, AccountId>;
  readonly numens: ReadonlyMap<string, PersonId>;
  /** Of the institution. */
  readonly domains: ReadonlySet<string>;
}

/** The first change that would take what is somebody else's; undefined when all may be done. */
export function findConflict(
  { personId, accountId }: Present,
  changes: readonly FieldChange[],
  taken: Taken,
): BadRow | undefined {
  for (const { field, to } of changes) {
    if (to === null) continue;
    const owner = taken.addresses.get(to);
    if (field === 'userName' && (taken.userNames.get(to)?.personId ?? personId) !== personId)
      return bad('userNameTaken', to);
    if (field === 'alias' && owner !== undefined && owner !== accountId) return bad('addressTaken', to);
    if (field === 'alias' && !taken.domains.has(to.slice(to.lastIndexOf('@') + 1))) return bad('foreignDomain', to);
    if (field === 'numen' && (taken.numens.get(to) ?? personId) !== personId) return bad('numenTaken', '');
  }
  return undefined;
}

/** The names among these changes that nobody else may have from now on. */
export function namesIn(changes: readonly FieldChange[]): {
  readonly userNames: readonly string[];
  readonly addresses: readonly string[];
  readonly numens: readonly string[];
} {
  const of = (field: ChangedField): readonly string[] =>
    changes.flatMap((one) => (one.field === field && one.to !== null ? [one.to] : []));
  return { userNames: of('userName'), addresses: of('alias'), numens: of('numen') };
}

/** Undone in this order. */
export function reversed(changes: readonly FieldChange[]): readonly FieldChange[] {
  return changes.map(({ field, from, to }) => ({ field, from: to, to: from })).toReversed();
}

/** What is kept of somebody where it is as `change` left it: whether it may be undone. */
export function isStill(present: Present, { field, to }: FieldChange): boolean {
  switch (field) {
    case 'userName':
      return present.userName === to;
    case 'givenName':
      return present.givenName === to;
    case 'familyName':
      return present.familyName === to;
    case 'alias':
      return to !== null && present.addresses.includes(to);
    case 'email':
      return present.email === to;
    case 'unit':
      return textOf(present.unitId) === to;
    case 'population':
      return present.population === to;
    case 'function':
      return present.functionName === to;
    case 'quota':
      return textOf(present.quotaOctets) === to;
    case 'language':
      return present.language === to;
    case 'numen':
      return present.numenHash === to;
    case 'birthDate':
      return present.birthDate === to;
    case 'recoveryEmail':
      return present.recoveryEmail === to && !present.isRecoveryVerified;
    case 'state':
      return present.state === to;
    case 'stateReason':
      return present.stateReason === to;
    case 'appointment':
      // What has begun is undone by another one.
      return to !== null && present.appointments.some((one) => one.state === 'planned' && isAppointment(one, to));
  }
}

export interface ToldChange {
  readonly field: ChangedField;
  readonly from: string | null;
  readonly to: string | null;
}

/** As people read it: a unit by its path of codes, a NUMEN never. */
export function tellChanges(
  changes: readonly FieldChange[],
  unitName: (id: number) => string | undefined,
): readonly ToldChange[] {
  return changes.flatMap(({ field, from, to }) => {
    if (field === 'stateReason') return [];
    const say = (value: string | null): string | null => {
      if (value === null) return null;
      if (field === 'numen') return '…';
      if (field === 'appointment') {
        const { unitId, from, until } = readAppointment(value);
        return [from, until ?? '', unitId === null ? '' : (unitName(unitId) ?? unitId)].join(' ');
      }
      return field === 'unit' ? (unitName(Number(value)) ?? value) : value;
    };
    return [{ field, from: say(from), to: say(to) }];
  });
}
