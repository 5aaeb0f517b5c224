/**
 * Arranging the tree: a unit is made, described, moved and closed by who administers the unit above it. A unit is never
 * deleted: people, mailboxes and the trace name it. What holds by being below another one (roles, support contacts)
 * follows its new place from the commit on.
 */
import { looksLikeUai, parseUai } from '#formats/uai/uai.ts';
import type { Actor } from '#server/access/actor.ts';
import { requireFresh } from '#server/access/factors/fresh.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireRole } from '#server/access/require-role.ts';
import { recordTrace, type TraceDetails } from '#server/records/trace.ts';
import type { TenantId, UnitId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { type Store, write } from '#server/store/store.ts';

import {
  hasOpenBelow,
  insertUnits,
  lockNames,
  newId,
  selectUnitByCode,
  selectUnits,
  type Unit,
  updateUnit,
  updateUnitPlace,
} from './queries/institution.ts';
import { existing, parseUnitCode, placeBelow } from './unit.ts';

/** What is said of a unit; a school has a UAI code, any other one a short name of its own, or none. */
export interface UnitFields {
  readonly kind: string;
  readonly code: string | null;
  readonly name: string;
  readonly isPublic: boolean;
  /** `34`, `2A`, `971`; null where it does not matter. */
  readonly department: string | null;
}

/** Kinds whose code is a UAI. */
export const schoolKinds = ['ecole', 'college', 'lycee', 'lyceeProfessionnel', 'university'] as const;

const kindForm = /^[a-z][a-zA-Z0-9-]{0,39}$/;
const departmentForm = /^(?:0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-8]|98[6-8])$/;
const nameCharacters = 200;

/**
 * @param parentId null: at the top of the tree, for who administers all of it.
 * @throws {Refusal} `mayNot`, `noSuchUnit`, `alreadyExists`, `tooMany`; `invalidProperties` naming what is wrong.
 */
export function createUnit(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  given: UnitFields & { readonly parentId: UnitId | null },
): Promise<UnitId> {
  return write(store, async (tx) => {
    const { parentId } = given;
    const at = store.now();
    await requireRole(tx, actor, 'administer', { tenantId, unitId: parentId }, at);
    await lockNames(tx, tenantId);
    const fields = readFields(given);
    await requireFree(tx, tenantId, fields.code);
    const above = parentId === null ? undefined : await existing(tx, tenantId, parentId);
    if (above && above.closedAt !== null) throw wrong('parentId', 'the unit above is closed');
    const id = await newId<UnitId>(tx, 'unit');
    await insertUnits(tx, tenantId, [{ id, ...placeBelow(above, id), ...fields, closedAt: null }], at);
    const details = { unit: id, parentId, kind: fields.kind, code: fields.code, name: fields.name };
    await recordTrace(tx, { tenantId, actor, verb: 'createUnit', at, details });
    return id;
  });
}

/** Changes what is given of it. @throws {Refusal} as `createUnit`. */
export function changeUnit(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  id: UnitId,
  change: Partial<UnitFields>,
): Promise<void> {
  return write(store, async (tx) => {
    const at = store.now();
    await requireRole(tx, actor, 'administer', { tenantId, unitId: id }, at);
    await lockNames(tx, tenantId);
    const before = await existing(tx, tenantId, id);
    // The code of before is let stand: some were given before codes were checked.
    const isSameCode = change.code === undefined || change.code === before.code;
    const fields = readFields({ ...before, ...change, ...(isSameCode && { code: null }) }, isSameCode);
    const next = { ...before, ...fields, code: isSameCode ? before.code : fields.code };
    if (next.code !== before.code) await requireFree(tx, tenantId, next.code);
    const details = differences(before, next);
    if (Object.keys(details).length === 0) return;
    await updateUnit(tx, tenantId, next);
    await recordTrace(tx, { tenantId, actor, verb: 'changeUnit', at, details: { unit: id, ...details } });
  });
}

/** `name: 'old → new'`, for what is another. */
function differences(before: Unit, after: Unit): TraceDetails {
  const names = ['name', 'kind', 'code', 'department', 'isPublic'] as const;
  return Object.fromEntries(
    names
      .filter((name) => before[name] !== after[name])
      .map((name) => [name, `${String(before[name])} → ${String(after[name])}`]),
  );
}

/**
 * Moves a unit with all below it, from under one that the actor administers to under another.
 * @throws {Refusal} `mayNot`, `noSuchUnit`, `stepUpNeeded`, `wouldLoop` below itself, `tooMany`.
 */
export async function moveUnit(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  { unitId, parentId }: { readonly unitId: UnitId; readonly parentId: UnitId | null },
): Promise<void> {
  await write(store, async (tx) => {
    const at = store.now();
    await requireRole(tx, actor, 'administer', { tenantId, unitId }, at);
    await lockNames(tx, tenantId);
    const unit = await existing(tx, tenantId, unitId);
    await requireRole(tx, actor, 'administer', { tenantId, unitId: unit.parentId }, at);
    await requireRole(tx, actor, 'administer', { tenantId, unitId: parentId }, at);
    await requireFresh(tx, actor, at);
    const above = parentId === null ? undefined : await existing(tx, tenantId, parentId);
    if (above?.path.startsWith(unit.path))
      throw new Refusal('wouldLoop', { properties: ['parentId'], description: 'below itself' });
    if (above && above.closedAt !== null) throw wrong('parentId', 'the unit above is closed');
    if (unit.parentId === parentId) return;
    const moved = placeBelow(above, unitId);
    for (const one of await selectUnits(tx, tenantId, unit.path)) {
      const place = one.id === unitId ? moved : { path: moved.path + one.path.slice(unit.path.length) };
      await updateUnitPlace(tx, tenantId, { ...one, ...place });
    }
    const details = { unit: unitId, parentId: `${String(unit.parentId)} → ${String(parentId)}` };
    await recordTrace(tx, { tenantId, actor, verb: 'moveUnit', at, details });
  });
}

/**
 * Closes a unit, or opens it again. Its people keep their accounts and its administrators their roles; nobody else is
 * put in it. Units below are closed before it.
 * @throws {Refusal} `mayNot`, `noSuchUnit`, `stepUpNeeded`; `invalidProperties` naming `isClosed`.
 */
export async function closeUnit(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  id: UnitId,
  isClosed: boolean,
): Promise<void> {
  await write(store, async (tx) => {
    const at = store.now();
    await requireRole(tx, actor, 'administer', { tenantId, unitId: id }, at);
    await lockNames(tx, tenantId);
    const unit = await existing(tx, tenantId, id);
    await requireRole(tx, actor, 'administer', { tenantId, unitId: unit.parentId }, at);
    await requireFresh(tx, actor, at);
    if ((unit.closedAt !== null) === isClosed) return;
    if (isClosed && (await hasOpenBelow(tx, tenantId, id))) throw wrong('isClosed', 'a unit below is open');
    const above = unit.parentId === null ? undefined : await existing(tx, tenantId, unit.parentId);
    if (!isClosed && above && above.closedAt !== null) throw wrong('isClosed', 'the unit above is closed');
    await updateUnit(tx, tenantId, { ...unit, closedAt: isClosed ? at : null });
    const verb = isClosed ? 'closeUnit' : 'reopenUnit';
    await recordTrace(tx, { tenantId, actor, verb, at, details: { unit: id, name: unit.name } });
  });
}

/** @throws {Refusal} `invalidProperties` naming the first that is wrong. */
function readFields(given: UnitFields, mayLackCode = false): UnitFields {
  const { kind, isPublic } = given;
  const name = given.name.trim();
  if (name === '' || name.length > nameCharacters || /\p{Cc}/u.test(name)) throw wrong('name');
  if (!kindForm.test(kind)) throw wrong('kind');
  const department = given.department?.trim().toUpperCase() || null;
  if (department !== null && !departmentForm.test(department)) throw wrong('department');
  return { kind, name, isPublic, department, code: mayLackCode ? null : readCode(kind, given.code) };
}

function readCode(kind: string, given: string | null): string | null {
  const text = given?.trim() ?? '';
  const isSchool = schoolKinds.some((one) => one === kind);
  if (isSchool || looksLikeUai(text)) {
    const uai = parseUai(text);
    if (uai === undefined) throw wrong('code', 'not a UAI code');
    return uai.toLowerCase();
  }
  if (text === '') return null;
  try {
    return parseUnitCode(text);
  } catch (error) {
    throw error instanceof Refusal ? wrong('code', 'not a short name') : error;
  }
}

async function requireFree(tx: Tx, tenantId: TenantId, code: string | null): Promise<void> {
  if (code !== null && (await selectUnitByCode(tx, tenantId, code)))
    throw new Refusal('alreadyExists', { description: `unit ${code}`, properties: ['code'] });
}

function wrong(property: string, description?: string): Refusal {
  return new Refusal('invalidProperties', {
    properties: [property],
    ...(description !== undefined && { description }),
  });
}
