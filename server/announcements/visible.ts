/** What somebody is told now: by their place in the tree and their population; and what everybody is told at the door. */
import type { Actor, PersonActor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { AnnouncementId, TenantId } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store, write } from '#server/store/store.ts';

import {
  type Announcement,
  levels,
  type Placed,
  selectAcknowledged,
  selectPlace,
  selectStanding,
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
    const { all, who } = await addressedTo(tx, actor, at);
    const now = inOrder(all.filter((one) => isShown(one, at)));
    const asked = now.filter(({ mustAcknowledge }) => mustAcknowledge).map(({ id }) => id);
    const readAt = await selectAcknowledged(tx, who, asked);
    const list = now.map((announcement): Shown => {
      const isAcknowledged = (readAt.get(announcement.id) ?? -1) >= announcement.updatedAt;
      return { announcement, isAcknowledged };
    });
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
    const { all, who } = await addressedTo(tx, actor, at);
    if (!all.some((one) => one.id === id && isShown(one, at))) throw new Refusal('noSuchJob');
    await upsertAcknowledgement(tx, who, id, at);
  });
}

/** What stands on the login page. @param tenantId undefined where several institutions share it. */
export function announcementsAtTheDoor(store: Store, tenantId: TenantId | undefined): Promise<readonly Announcement[]> {
  return read(store, async (tx) => {
    const at = store.now();
    const all = await selectStanding(tx, tenantId, at);
    return inOrder(all.filter((one) => one.isPublic && isShown(one, at))).slice(0, shownAtMost);
  });
}

interface Addressed {
  /** Whoever asks. */
  readonly who: PersonActor;
  readonly all: readonly Placed[];
}

async function addressedTo(tx: Tx, actor: Actor, at: number): Promise<Addressed> {
  const place = actor.kind === 'person' ? await selectPlace(tx, actor) : undefined;
  if (!place || actor.kind !== 'person') throw new Refusal('mayNot');
  const standing = await selectStanding(tx, actor.tenantId, at);
  const all = standing.filter(({ audience, path }) => {
    switch (audience.kind) {
      case 'everybody':
        return true;
      case 'population':
        return audience.population === place.population;
      case 'unit':
        return place.path.startsWith(path);
    }
  });
  return { who: actor, all };
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
