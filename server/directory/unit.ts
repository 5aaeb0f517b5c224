/** The tree of units: central administration, rectorat, DSDEN, schools. A unit knows its path, so a subtree is one range. */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import { requireSystem } from '#server/access/require-right.ts';
import { recordTrace } from '#server/records/trace.ts';
import { asId, type TenantId, type UnitId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import {
  insertUnits,
  lockNames,
  reserveIds,
  selectUnit,
  selectUnitByCode,
  selectUnits,
  type Unit,
} from './queries/institution.ts';

export type { Unit };

export interface NewUnit {
  /** Code of the unit above; the first level has none. It may be one of those added in the same call. */
  readonly parentCode?: string | undefined;
  readonly kind: string;
  /** Unique in the tenant; folded to lower case. */
  readonly code: string;
  readonly name: string;
  readonly isPublic?: boolean;
}

const codeForm = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const depthAtMost = 20;

/**
 * Adds units, parents before children.
 * @throws {Refusal} `invalidArguments`, `alreadyExists`, `noSuchUnit` (the parent), `mayNot`.
 */
export async function addUnits(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  given: readonly NewUnit[],
): Promise<readonly UnitId[]> {
  requireSystem(actor);
  return write(store, async (tx) => {
    await lockNames(tx, tenantId);
    const at = store.now();
    const known = new Map<string, Unit | undefined>();
    const find = async (code: string): Promise<Unit | undefined> =>
      known.has(code) ? known.get(code) : selectUnitByCode(tx, tenantId, code);
    const first = given.length === 0 ? 0 : await reserveIds(tx, 'unit', given.length);
    const units: Unit[] = [];
    for (const [index, one] of given.entries()) {
      const code = parseUnitCode(one.code);
      if (await find(code)) throw new Refusal('alreadyExists', { description: `unit ${code}` });
      const above = one.parentCode === undefined ? undefined : await find(parseUnitCode(one.parentCode));
      if (one.parentCode !== undefined && !above)
        throw new Refusal('noSuchUnit', { description: `no unit ${one.parentCode}` });
      const id = asId<UnitId>(first + index);
      const { kind, name, isPublic = true } = one;
      const unit = { id, ...placeBelow(above, id), kind, code, name, isPublic, department: null, closedAt: null };
      known.set(code, unit);
      units.push(unit);
    }
    await insertUnits(tx, tenantId, units, at);
    await recordTrace(tx, { tenantId, actor, verb: 'addUnits', at, details: { count: units.length } });
    return units.map(({ id }) => id);
  });
}

/** @throws {Refusal} `invalidArguments` */
export function parseUnitCode(text: string): string {
  const code = text.trim().toLowerCase();
  if (!codeForm.test(code)) throw new Refusal('invalidArguments', { description: `not a unit's code: ${text}` });
  return code;
}

/** @throws {Refusal} `tooMany` below too many others. */
export function placeBelow(above: Unit | undefined, id: UnitId): Pick<Unit, 'parentId' | 'path'> {
  const path = `${above?.path ?? '/'}${id}/`;
  if (path.split('/').length > depthAtMost) throw new Refusal('tooMany', { limit: depthAtMost });
  return { parentId: above?.id ?? null, path };
}

/** One unit by itself, for verbs that show where somebody belongs. */
export function findUnit(store: Store, tenantId: TenantId, id: UnitId): Promise<Unit | undefined> {
  return read(store, (tx) => selectUnit(tx, tenantId, id));
}

/** By its code, or by a path of codes ("rectorat/dsi"), of which the last tells. */
export async function findUnitByCode(store: Store, tenantId: TenantId, code: string): Promise<Unit | undefined> {
  const last = code
    .slice(code.lastIndexOf('/') + 1)
    .trim()
    .toLowerCase();
  return read(store, (tx) => selectUnitByCode(tx, tenantId, last));
}

/** A unit and all below it, parents first; the whole tree without one. @throws {Refusal} `noSuchUnit`, `mayNot`. */
export async function listUnits(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  under?: UnitId,
): Promise<readonly Unit[]> {
  if (actor.kind !== 'system' && actor.tenantId !== tenantId) throw new Refusal('mayNot');
  return read(store, async (tx) => {
    const path = under === undefined ? '/' : (await existing(tx, tenantId, under)).path;
    return selectUnits(tx, tenantId, path);
  });
}

/** @throws {Refusal} `noSuchUnit`. */
export async function existing(tx: Tx, tenantId: TenantId, unitId: UnitId): Promise<Unit> {
  const unit = await selectUnit(tx, tenantId, unitId);
  if (!unit) throw new Refusal('noSuchUnit');
  return unit;
}

/** Nobody is put in a unit that is closed. @throws {Refusal} `noSuchUnit`, for one that is not there too. */
export async function requireOpenUnit(tx: Tx, tenantId: TenantId, unitId: UnitId): Promise<void> {
  if ((await existing(tx, tenantId, unitId)).closedAt !== null)
    throw new Refusal('noSuchUnit', { description: 'the unit is closed' });
}
