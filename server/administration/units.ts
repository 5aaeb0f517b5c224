/**
 * The tree of units as far as the actor's roles reach: level by level as it is unfolded, or found by name and code.
 * A tree has some thousands of units; people are counted by the index on units, and no further than a bound.
 */
import type { Actor } from '#server/access/actor.ts';
import { covers, givesPower } from '#server/access/powers.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type Held, requireAnyRole } from '#server/access/require-role.ts';
import { foldWords } from '#server/directory/fold.ts';
import type { Unit } from '#server/directory/unit-row.ts';
import { asId, type TenantId, type UnitId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import {
  countBelow,
  countPeopleIn,
  countPeopleUnder,
  selectUnitNamesOf,
  selectUnitRows,
  selectUnitsUnder,
} from './queries/units.ts';

export interface UnitSearch {
  /** Words that begin those of a name, or the code: found in all of the tree. */
  readonly text?: string | undefined;
  /** Those right below it; null: the tops of what one sees. Undefined: all. */
  readonly parentId?: UnitId | null | undefined;
  readonly isClosed?: boolean | undefined;
}

const byName = new Intl.Collator('fr', { numeric: true, sensitivity: 'base' });

/** In the order of the tree, and by name where one level is asked for. @throws {Refusal} `mayNot`. */
export function searchUnits(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  { text = '', parentId, isClosed }: UnitSearch,
): Promise<readonly UnitId[]> {
  const words = foldWords(text.slice(0, 200));
  return read(store, async (tx) => {
    const held = await requireAnyRole(tx, actor, 'look', tenantId, store.now());
    const all = await selectUnitsUnder(tx, tenantId, pathsOf(held));
    const seen = new Set(all.map(({ id }) => id));
    const found = all.filter(
      (unit) =>
        (isClosed === undefined || (unit.closedAt !== null) === isClosed) &&
        (parentId === undefined || isBelow(unit, parentId, seen)) &&
        fits(unit, words),
    );
    const sorted = parentId === undefined ? found : found.toSorted((a, b) => byName.compare(a.name, b.name));
    return sorted.map(({ id }) => id);
  });
}

function isBelow(unit: Unit, parentId: UnitId | null, seen: ReadonlySet<UnitId>): boolean {
  if (parentId !== null) return unit.parentId === parentId;
  return unit.parentId === null || !seen.has(unit.parentId);
}

/** Each word begins one of the unit's name, or its code. */
function fits({ name, code }: Unit, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const own = [...foldWords(name), ...foldWords(code ?? '')];
  return words.every((word) => own.some((one) => one.startsWith(word)));
}

export interface UnitCard extends Unit {
  /** From the top of the tree, without itself. */
  readonly aboveNames: readonly string[];
  /** How many units are right below. */
  readonly below: number;
  /** How many people are of the unit itself. */
  readonly people: number;
  /** Whether the actor may describe it and put units below it. */
  readonly mayChange: boolean;
  /** Whether the actor may move and close it: who administers the unit above. */
  readonly mayMove: boolean;
}

/** Those of `ids` (null: all) that stand under the actor's roles. @throws {Refusal} `mayNot`. */
export function readUnits(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  ids: readonly UnitId[] | null,
): Promise<readonly UnitCard[]> {
  return read(store, async (tx) => {
    const held = await requireAnyRole(tx, actor, 'look', tenantId, store.now());
    const found = ids ? await selectUnitRows(tx, tenantId, ids) : await selectUnitsUnder(tx, tenantId, pathsOf(held));
    const seen = found.filter(({ path }) => held.some((role) => covers(role, { tenantId, path })));
    const own = seen.map(({ id }) => id);
    const above = [...new Set(seen.flatMap(({ path }) => idsIn(path)))];
    const names = await selectUnitNamesOf(tx, tenantId, above);
    const [below, people] = [await countBelow(tx, tenantId, own), await countPeopleIn(tx, tenantId, own)];
    const administering = held.filter((role) => givesPower(role, 'administer'));
    const mayAt = (path: string): boolean => administering.some((role) => covers(role, { tenantId, path }));
    return seen.map((unit) => ({
      ...unit,
      aboveNames: idsIn(unit.path)
        .slice(0, -1)
        .map((id) => names.get(id) ?? ''),
      below: below.get(unit.id) ?? 0,
      people: people.get(unit.id) ?? 0,
      mayChange: mayAt(unit.path),
      mayMove: mayAt(unit.path.replace(/\d+\/$/, '')),
    }));
  });
}

/** People of a unit and of all below it, counted as far as this. */
export const countedAtMost = 50_000;

/** @throws {Refusal} `mayNot`, `noSuchUnit`. */
export function countPeople(store: Store, actor: Actor, tenantId: TenantId, id: UnitId): Promise<number> {
  return read(store, async (tx) => {
    const held = await requireAnyRole(tx, actor, 'look', tenantId, store.now());
    const [unit] = await selectUnitRows(tx, tenantId, [id]);
    if (!unit || !held.some((role) => covers(role, { tenantId, path: unit.path }))) throw new Refusal('noSuchUnit');
    return countPeopleUnder(tx, tenantId, unit.path, countedAtMost);
  });
}

function idsIn(path: string): readonly UnitId[] {
  return path.split('/').flatMap((part) => (part === '' ? [] : [asId<UnitId>(Number(part))]));
}

/** undefined for the whole tenant. */
function pathsOf(held: Held): readonly string[] | undefined {
  const isWhole = held.some(({ kind, path }) => kind === 'platform' || path === '/');
  return isWhole ? undefined : held.map(({ path }) => path);
}
