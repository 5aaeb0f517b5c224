/** Statements: announcements, who has said that they read one, and what somebody's place makes them see. */
import { sql } from 'kysely';

import { type AnnouncementId, asId, type PersonId, type TenantId, type UnitId } from '#server/store/ids.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';
import { heavyRead, type Store } from '#server/store/store.ts';

export const levels = ['info', 'warning', 'urgent'] as const;
export type Level = (typeof levels)[number];

export type Audience =
  | { readonly kind: 'everybody' }
  | { readonly kind: 'population'; readonly population: string }
  /** Of the unit and of all below. */
  | { readonly kind: 'unit'; readonly unitId: UnitId };

export interface Announcement {
  readonly id: AnnouncementId;
  /** undefined: of the whole platform. */
  readonly tenantId: TenantId | undefined;
  readonly level: Level;
  readonly audience: Audience;
  /** On the login page too. */
  readonly isPublic: boolean;
  readonly mustAcknowledge: boolean;
  /** Milliseconds since 1970. */
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly textFr: string;
  /** Empty: the French one serves. */
  readonly textEn: string;
  readonly createdAt: number;
  /** When its text was written last: who read another one has not read this. */
  readonly updatedAt: number;
  readonly withdrawnAt: number | null;
}

/** With the place of its audience in the tree: '/' for all of a tenant. */
export interface Placed extends Announcement {
  readonly path: string;
  readonly unitName: string | null;
}

const platform = 0;

interface AnnouncementRow {
  readonly tenant_id: number;
  readonly id: number;
  readonly level: string;
  readonly audience: string;
  readonly population: string | null;
  readonly unit_id: number | null;
  readonly is_public: number;
  readonly must_acknowledge: number;
  readonly starts_at: number;
  readonly ends_at: number | null;
  readonly text_fr: string;
  readonly text_en: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly withdrawn_at: number | null;
  readonly path: string | null;
  readonly unit_name: string | null;
}

function placed(row: AnnouncementRow): Placed {
  return {
    id: asId<AnnouncementId>(row.id),
    tenantId: row.tenant_id === platform ? undefined : asId<TenantId>(row.tenant_id),
    level: levels.find((level) => level === row.level) ?? 'info',
    audience: audienceOf(row),
    isPublic: row.is_public === 1,
    mustAcknowledge: row.must_acknowledge === 1,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    textFr: row.text_fr,
    textEn: row.text_en,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    withdrawnAt: row.withdrawn_at,
    path: row.path ?? '/',
    unitName: row.unit_name,
  };
}

function audienceOf({ population, unit_id: unitId }: AnnouncementRow): Audience {
  if (unitId !== null) return { kind: 'unit', unitId: asId<UnitId>(unitId) };
  return population === null ? { kind: 'everybody' } : { kind: 'population', population };
}

/** More are never read: the newest. */
const mostRead = 500;

const columns = [
  'n.tenant_id',
  'n.id',
  'n.level',
  'n.audience',
  'n.population',
  'n.unit_id',
  'n.is_public',
  'n.must_acknowledge',
  'n.starts_at',
  'n.ends_at',
  'n.text_fr',
  'n.text_en',
  'n.created_at',
  'n.updated_at',
  'n.withdrawn_at',
  'u.path',
  'u.name as unit_name',
] as const;

const selectAllOf = statement<{ tenantId: number }>()(({ q, p }) =>
  q
    .selectFrom('announcement as n')
    .leftJoin('unit as u', (join) => join.onRef('u.tenant_id', '=', 'n.tenant_id').onRef('u.id', '=', 'n.unit_id'))
    .select(columns)
    .where('n.tenant_id', '=', p.tenantId)
    .orderBy('n.id', 'desc')
    .limit(mostRead),
);

/** The newest first; of the platform without a tenant. */
export async function selectAnnouncements(tx: Tx, tenantId: TenantId | undefined): Promise<readonly Placed[]> {
  return (await selectAllOf.all(tx, { tenantId: tenantId ?? platform })).map(placed);
}

const selectStandingOf = statement<{ tenantId: number; at: number }>()(({ q, p }) =>
  q
    .selectFrom('announcement as n')
    .leftJoin('unit as u', (join) => join.onRef('u.tenant_id', '=', 'n.tenant_id').onRef('u.id', '=', 'n.unit_id'))
    .select(columns)
    .where('n.tenant_id', 'in', [platform, p.tenantId])
    .where('n.withdrawn_at', 'is', null)
    .where((eb) => eb.or([eb('n.ends_at', 'is', null), eb('n.ends_at', '>', p.at)]))
    .orderBy('n.id', 'desc')
    .limit(mostRead),
);

/** Those of the platform and of the tenant that are neither over nor withdrawn; some may not have begun. The newest first. */
export async function selectStanding(tx: Tx, tenantId: TenantId | undefined, at: number): Promise<readonly Placed[]> {
  return (await selectStandingOf.all(tx, { tenantId: tenantId ?? platform, at })).map(placed);
}

export async function insertAnnouncement(tx: Tx, given: Announcement, authorPersonId: PersonId | null): Promise<void> {
  const { id, tenantId, level, audience } = given;
  await insertRows(tx, 'announcement', [
    {
      tenant_id: tenantId ?? platform,
      id,
      level,
      audience: audience.kind,
      population: audience.kind === 'population' ? audience.population : null,
      unit_id: audience.kind === 'unit' ? audience.unitId : null,
      is_public: given.isPublic ? 1 : 0,
      must_acknowledge: given.mustAcknowledge ? 1 : 0,
      starts_at: given.startsAt,
      ends_at: given.endsAt,
      text_fr: given.textFr,
      text_en: given.textEn,
      author_person_id: authorPersonId,
      created_at: given.createdAt,
      updated_at: given.updatedAt,
      withdrawn_at: given.withdrawnAt,
    },
  ]);
}

const updateOne = statement<{
  tenantId: number;
  id: number;
  level: string;
  isPublic: number;
  mustAcknowledge: number;
  startsAt: number;
  endsAt: number | null;
  textFr: string;
  textEn: string;
  updatedAt: number;
  withdrawnAt: number | null;
}>()(({ q, p }) =>
  q
    .updateTable('announcement')
    .set({
      level: p.level,
      is_public: p.isPublic,
      must_acknowledge: p.mustAcknowledge,
      starts_at: p.startsAt,
      ends_at: p.endsAt,
      text_fr: p.textFr,
      text_en: p.textEn,
      updated_at: p.updatedAt,
      withdrawn_at: p.withdrawnAt,
    })
    .where('tenant_id', '=', p.tenantId)
    .where('id', '=', p.id),
);

/** Everything but whom it is for. */
export async function updateAnnouncement(tx: Tx, changed: Announcement): Promise<void> {
  const { tenantId, isPublic, mustAcknowledge, id, level, startsAt, endsAt, textFr, textEn } = changed;
  await updateOne.run(tx, {
    tenantId: tenantId ?? platform,
    id,
    level,
    isPublic: isPublic ? 1 : 0,
    mustAcknowledge: mustAcknowledge ? 1 : 0,
    startsAt,
    endsAt,
    textFr,
    textEn,
    updatedAt: changed.updatedAt,
    withdrawnAt: changed.withdrawnAt,
  });
}

const selectPlaceOf = statement<{ tenantId: number; personId: number }>()(({ q, p }) =>
  q
    .selectFrom('person as x')
    .leftJoin('unit as u', (join) => join.onRef('u.tenant_id', '=', 'x.tenant_id').onRef('u.id', '=', 'x.unit_id'))
    .select(['x.population', 'u.path'])
    .where('x.tenant_id', '=', p.tenantId)
    .where('x.id', '=', p.personId),
);

/** What decides on what somebody sees; undefined for nobody. */
export async function selectPlace(
  tx: Tx,
  who: { readonly tenantId: TenantId; readonly personId: PersonId },
): Promise<{ readonly population: string; readonly path: string } | undefined> {
  const row = await selectPlaceOf.first(tx, { tenantId: who.tenantId, personId: who.personId });
  return row && { population: row.population, path: row.path ?? '/' };
}

const selectReadBy = statement<{ tenantId: number; personId: number; ids: readonly number[] }>()(({ q, p, anyOf }) =>
  q
    .selectFrom('acknowledgement')
    .select(['announcement_id', 'at'])
    .where(anyOf('announcement_id', p.ids))
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId),
);

/** When somebody said that they read each; those they never did are left out. */
export async function selectAcknowledged(
  tx: Tx,
  { tenantId, personId }: { readonly tenantId: TenantId; readonly personId: PersonId },
  ids: readonly AnnouncementId[],
): Promise<ReadonlyMap<AnnouncementId, number>> {
  if (ids.length === 0) return new Map();
  const found = await selectReadBy.all(tx, { tenantId, personId, ids });
  return new Map(found.map((row) => [asId<AnnouncementId>(row.announcement_id), row.at]));
}

const upsertRead = statement<{ tenantId: number; personId: number; id: number; at: number }>()(({ q, p }) =>
  q
    .insertInto('acknowledgement')
    .values({ announcement_id: p.id, tenant_id: p.tenantId, person_id: p.personId, at: p.at })
    .onConflict((conflict) =>
      conflict.columns(['announcement_id', 'tenant_id', 'person_id']).doUpdateSet({ at: p.at }),
    ),
);

export async function upsertAcknowledgement(
  tx: Tx,
  { tenantId, personId }: { readonly tenantId: TenantId; readonly personId: PersonId },
  id: AnnouncementId,
  at: number,
): Promise<void> {
  await upsertRead.run(tx, { tenantId, personId, id, at });
}

export interface UnitCount {
  /** Null: people of no unit. */
  readonly unitName: string | null;
  readonly people: number;
  readonly acknowledged: number;
}

const unitsCounted = 5_000;

/**
 * How many of those who may work have read it, by their own unit; those who have read it least come first.
 * @param path the top of the subtree it is for, and whose counts the actor may see.
 */
export async function countByUnit(
  store: Store,
  tenantId: TenantId,
  of: {
    readonly id: AnnouncementId;
    readonly population: string | null;
    readonly path: string;
    readonly since: number;
  },
): Promise<readonly UnitCount[]> {
  const rows = await heavyRead(store, ({ q }) => {
    const all = q
      .selectFrom('person as x')
      .leftJoin('unit as u', (join) => join.onRef('u.tenant_id', '=', 'x.tenant_id').onRef('u.id', '=', 'x.unit_id'))
      .leftJoin('acknowledgement as a', (join) =>
        join
          .onRef('a.tenant_id', '=', 'x.tenant_id')
          .onRef('a.person_id', '=', 'x.id')
          .on('a.announcement_id', '=', of.id)
          .on('a.at', '>=', of.since),
      )
      .select(['x.unit_id', 'u.name', sql<number>`count(*)`.as('people'), sql<number>`count(a.at)`.as('acknowledged')])
      .where('x.tenant_id', '=', tenantId)
      .where('x.state', 'in', ['active', 'provisioned'])
      .groupBy(['x.unit_id', 'u.name'])
      .orderBy(sql`count(a.at) * 1.0 / count(*)`)
      .orderBy('u.name')
      .limit(unitsCounted);
    const ofThem = of.population === null ? all : all.where('x.population', '=', of.population);
    // '0' is the character after '/': a path's subtree is what begins with it.
    return of.path === '/'
      ? ofThem
      : ofThem.where('u.path', '>=', of.path).where('u.path', '<', `${of.path.slice(0, -1)}0`);
  });
  return rows.map((row) => ({
    unitName: typeof row['name'] === 'string' ? row['name'] : null,
    people: Number(row['people']),
    acknowledged: Number(row['acknowledged']),
  }));
}
