/** What somebody is told now: by their place in the tree and their population; and what everybody is told at the door. */
import type { Actor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { AnnouncementId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import {
  type Announcement,
  levels,
  type Placed,
  selectAcknowledgedAt,
  selectAnnouncements,
  selectPlace,
  upsertAcknowledgement,
} from './queries.ts';

export interface Shown {
  readonly announcement: Announcement;
  /** They have said that they read it as it stands. */
  readonly isAcknowledged: boolean;
}

export interface ShownNow {
  readonly list: readonly Shown[];
  /** When the next one begins or ends; null: never, as far as is known. */
  readonly changesAt: number | null;
}

/** More at once nobody reads. */
const shownAtMost = 10;

/** The gravest first, then the newest. @throws {Refusal} `mayNot` for whoever is nobody. */
export function visibleAnnouncements(store: Store, actor: Actor): Promise<ShownNow> {
  return read(store, async (tx) => {
    const at = store.now();
    const all = await addressedTo(tx, actor);
    const now = inOrder(all.filter((one) => isShown(one, at)));
    const list: Shown[] = [];
    for (const announcement of now) {
      const readAt = announcement.mustAcknowledge ? await readBy(tx, actor, announcement.id) : undefined;
      list.push({ announcement, isAcknowledged: readAt !== undefined && readAt >= announcement.updatedAt });
    }
    return {
      list: list.filter(({ isAcknowledged }) => !isAcknowledged).slice(0, shownAtMost),
      changesAt: next(all, at),
    };
  });
}

/** « J’ai lu ». @throws {Refusal} `noSuchJob` for one that is not shown to them. */
export async function acknowledgeAnnouncement(store: Store, actor: Actor, id: AnnouncementId): Promise<void> {
  await write(store, async (tx) => {
    const at = store.now();
    const found = (await addressedTo(tx, actor)).find((one) => one.id === id && isShown(one, at));
    if (!found || actor.kind !== 'person') throw new Refusal('noSuchJob');
    await upsertAcknowledgement(tx, actor, id, at);
  });
}

/** What stands on the login page. @param tenantId undefined where several institutions share it. */
export function announcementsAtTheDoor(store: Store, tenantId: TenantId | undefined): Promise<readonly Announcement[]> {
  return read(store, async (tx) => {
    const own = tenantId === undefined ? [] : await selectAnnouncements(tx, tenantId);
    const all = [...(await selectAnnouncements(tx, undefined)), ...own];
    return inOrder(all.filter((one) => one.isPublic && isShown(one, store.now()))).slice(0, shownAtMost);
  });
}

async function addressedTo(tx: Tx, actor: Actor): Promise<readonly Placed[]> {
  const place = actor.kind === 'person' ? await selectPlace(tx, actor) : undefined;
  if (!place || actor.kind !== 'person') throw new Refusal('mayNot');
  const all = [...(await selectAnnouncements(tx, undefined)), ...(await selectAnnouncements(tx, actor.tenantId))];
  return all.filter(({ audience, path }) => {
    switch (audience.kind) {
      case 'everybody':
        return true;
      case 'population':
        return audience.population === place.population;
      case 'unit':
        return place.path.startsWith(path);
    }
  });
}

function isShown({ startsAt, endsAt, withdrawnAt }: Announcement, at: number): boolean {
  return withdrawnAt === null && startsAt <= at && (endsAt === null || endsAt > at);
}

function next(all: readonly Announcement[], at: number): number | null {
  const times = all.flatMap(({ startsAt, endsAt, withdrawnAt }) =>
    withdrawnAt === null ? [startsAt, endsAt ?? 0].filter((time) => time > at) : [],
  );
  return times.length === 0 ? null : Math.min(...times);
}

function inOrder<T extends Announcement>(all: readonly T[]): readonly T[] {
  return all.toSorted((a, b) => levels.indexOf(b.level) - levels.indexOf(a.level) || b.startsAt - a.startsAt);
}

function readBy(tx: Tx, actor: Actor, id: AnnouncementId): Promise<number | undefined> {
  return actor.kind === 'person' ? selectAcknowledgedAt(tx, actor, id) : Promise.resolve(undefined);
}
