/**
 * Announcements are published, changed and withdrawn here and nowhere else, by whoever administers all of the place they
 * are for. Whoever has the page open sees them within a second or two.
 */
import type { Actor } from '#server/access/actor.ts';
import { covers } from '#server/access/powers.ts';
import { Refusal } from '#server/access/refusal.ts';
import { type Held, requireAnyRole, requireRole } from '#server/access/require-role.ts';
import { newAnnouncementId } from '#server/directory/identifiers.ts';
import { markNews, tellNews } from '#server/maintenance/news.ts';
import { recordTrace } from '#server/records/trace.ts';
import type { AnnouncementId, TenantId, UnitId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import {
  type Announcement,
  type Audience,
  countByUnit,
  insertAnnouncement,
  type Level,
  levels,
  type Placed,
  selectAnnouncements,
  type UnitCount,
  updateAnnouncement,
} from './queries.ts';

export { type Announcement, type Audience, type Level, levels, type Placed, type UnitCount };

export interface NewAnnouncement {
  /** Of the trace, and whose announcement it is unless it is the platform's. */
  readonly tenantId: TenantId;
  readonly isPlatform: boolean;
  readonly level: Level;
  readonly audience: Audience;
  readonly isPublic?: boolean;
  readonly mustAcknowledge?: boolean;
  /** From now on without it. */
  readonly startsAt?: number | null;
  readonly endsAt?: number | null;
  readonly textFr: string;
  readonly textEn?: string;
}

/** What may be changed of one that is published; whom it is for may not. */
export type AnnouncementChange = Partial<
  Pick<Announcement, 'level' | 'isPublic' | 'mustAcknowledge' | 'startsAt' | 'endsAt' | 'textFr' | 'textEn'>
>;

/**
 * @throws {Refusal} `mayNot`, `noSuchUnit`; `invalidProperties`: without a French text, over before it begins, or public
 * and not for everybody.
 */
export async function publishAnnouncement(store: Store, actor: Actor, given: NewAnnouncement): Promise<Announcement> {
  const at = store.now();
  const { tenantId, isPlatform, audience } = given;
  const announcement = await write(store, async (tx) => {
    await requirePlace(tx, actor, given, at);
    const made: Announcement = checked({
      id: await newAnnouncementId(tx),
      tenantId: isPlatform ? undefined : tenantId,
      level: given.level,
      audience,
      isPublic: given.isPublic ?? false,
      mustAcknowledge: given.mustAcknowledge ?? false,
      startsAt: given.startsAt ?? at,
      endsAt: given.endsAt ?? null,
      textFr: given.textFr.trim(),
      textEn: (given.textEn ?? '').trim(),
      createdAt: at,
      updatedAt: at,
      withdrawnAt: null,
    });
    await insertAnnouncement(tx, made, actor.kind === 'person' ? actor.personId : null);
    await markNews(tx);
    const details = { announcement: made.id, level: made.level, audience: audience.kind, isPlatform };
    await recordTrace(tx, { tenantId, actor, verb: 'publishAnnouncement', at, details });
    return made;
  });
  await tellNews(store);
  return announcement;
}

/** Another text asks everybody anew whether they have read it. @throws {Refusal} as above; `noSuchJob` for none. */
export async function changeAnnouncement(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  id: AnnouncementId,
  change: AnnouncementChange,
): Promise<void> {
  const at = store.now();
  await write(store, async (tx) => {
    const known = await requireKnown(tx, actor, tenantId, id, at);
    const next = { ...known, ...change };
    const isOther = next.textFr !== known.textFr || next.textEn !== known.textEn;
    await updateAnnouncement(tx, checked({ ...next, updatedAt: isOther ? at : known.updatedAt }));
    await markNews(tx);
    const details = { announcement: id, changed: Object.keys(change) };
    await recordTrace(tx, { tenantId, actor, verb: 'changeAnnouncement', at, details });
  });
  await tellNews(store);
}

/** Nobody sees it any more; it stays in the list of those who administer. @throws {Refusal} as above. */
export async function withdrawAnnouncement(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  id: AnnouncementId,
): Promise<void> {
  const at = store.now();
  await write(store, async (tx) => {
    const known = await requireKnown(tx, actor, tenantId, id, at);
    if (known.withdrawnAt !== null) return;
    await updateAnnouncement(tx, { ...known, withdrawnAt: at });
    await markNews(tx);
    await recordTrace(tx, { tenantId, actor, verb: 'withdrawAnnouncement', at, details: { announcement: id } });
  });
  await tellNews(store);
}

/** All that the actor may change, the newest first, those of the past and the withdrawn too. @throws {Refusal} `mayNot`. */
export function listAnnouncements(store: Store, actor: Actor, tenantId: TenantId): Promise<readonly Placed[]> {
  return read(store, (tx) => known(tx, actor, tenantId, store.now()));
}

/** How many have said that they read it, by unit, as far as the actor's roles reach. @throws {Refusal} as above. */
export async function acknowledgedByUnit(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  id: AnnouncementId,
): Promise<readonly UnitCount[]> {
  const found = await read(store, (tx) => requireKnown(tx, actor, tenantId, id, store.now()));
  const { audience, path, updatedAt: since } = found;
  const population = audience.kind === 'population' ? audience.population : null;
  return countByUnit(store, tenantId, { id, population, path, since });
}

async function known(tx: Tx, actor: Actor, tenantId: TenantId, at: number): Promise<readonly Placed[]> {
  const held = await requireAnyRole(tx, actor, 'administer', tenantId, at);
  const own = (await selectAnnouncements(tx, tenantId)).filter(({ path }) =>
    held.some((role) => covers(role, { tenantId, path })),
  );
  return isOfPlatform(held) ? [...(await selectAnnouncements(tx, undefined)), ...own] : own;
}

async function requireKnown(tx: Tx, actor: Actor, tenantId: TenantId, id: AnnouncementId, at: number): Promise<Placed> {
  const found = (await known(tx, actor, tenantId, at)).find((one) => one.id === id);
  if (!found) throw new Refusal('noSuchJob');
  return found;
}

/** Over all of the place it is for. */
async function requirePlace(tx: Tx, actor: Actor, given: NewAnnouncement, at: number): Promise<void> {
  const { tenantId, isPlatform, audience } = given;
  const unitId: UnitId | null = audience.kind === 'unit' ? audience.unitId : null;
  const { held } = await requireRole(tx, actor, 'administer', { tenantId, unitId }, at);
  if (isPlatform && !isOfPlatform(held)) throw new Refusal('mayNot');
  // Units are a tenant's.
  if (isPlatform && unitId !== null) throw new Refusal('invalidProperties', { properties: ['unitId'] });
}

function isOfPlatform(held: Held): boolean {
  return held.some(({ kind }) => kind === 'platform');
}

const textCharacters = 2_000;

/** @throws {Refusal} `invalidProperties` naming what is wrong. */
function checked<T extends Announcement>(of: T): T {
  const wrong = [
    ...(of.textFr === '' || of.textFr.length > textCharacters ? ['textFr'] : []),
    ...(of.textEn.length > textCharacters ? ['textEn'] : []),
    ...(of.endsAt !== null && of.endsAt <= of.startsAt ? ['endsAt'] : []),
    ...(of.isPublic && of.audience.kind !== 'everybody' ? ['isPublic'] : []),
  ];
  if (wrong.length > 0) throw new Refusal('invalidProperties', { properties: wrong });
  return of;
}
