/**
 * Announcement, our own type, and HouseStatus: what somebody is told at the top of the page. Both change for everybody at
 * once; a push says so by the type `Announcement`, whose states are of no account.
 */
import { anId, aString, listOf, orNull, readArguments, required } from '#formats/jmap/arguments.ts';
import { printUtcDate } from '#formats/jmap/date.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { JsonObject } from '#formats/jmap/json.ts';
import { acknowledgeAnnouncement, visibleAnnouncements } from '#server/announcements/visible.ts';
import { houseStatus, type Maintenance } from '#server/maintenance/status.ts';
import type { AnnouncementId } from '#server/store/ids.ts';

import { announcementsCapability } from '#server/protocols/jmap/capabilities.ts';
import { openAccount } from '#server/protocols/jmap/engine/context.ts';
import type { Method } from '#server/protocols/jmap/engine/method.ts';
import { numberedIds } from '#server/protocols/jmap/engine/type.ts';
import type { Capability } from '#server/protocols/jmap/http/capability.ts';

export const announcementIds = numberedIds<AnnouncementId>('n');

/** Said of one's own account alone: one is told as oneself, whoever one acts for. */
export const announcementCapabilities: readonly Capability[] = [
  { urn: announcementsCapability, session: () => ({}), account: ({ isOwn }) => (isOwn ? {} : undefined) },
];

const getTable = { accountId: required(aString), ids: orNull(listOf(anId)), properties: orNull(listOf(aString)) };

/** Answers what is shown now, the gravest first, less what was acknowledged; `changesAt`: when to ask again at the latest. */
const announcementGet: Method = {
  name: 'Announcement/get',
  capability: announcementsCapability,
  async run(call, args) {
    const { accountId, ids } = readArguments(getTable, args);
    const ctx = await openAccount(call, accountId, announcementsCapability, 'read');
    requireOwn(ctx.account.isOwn);
    const { list, changesAt } = await visibleAnnouncements(ctx.store, ctx.actor);
    const printed = list.map(({ announcement }): JsonObject => ({
      id: announcementIds.print(announcement.id),
      level: announcement.level,
      mustAcknowledge: announcement.mustAcknowledge,
      textFr: announcement.textFr,
      textEn: announcement.textEn,
      startsAt: printUtcDate(announcement.startsAt),
      endsAt: announcement.endsAt === null ? null : printUtcDate(announcement.endsAt),
      updatedAt: printUtcDate(announcement.updatedAt),
    }));
    const asked = ids === null ? printed : printed.filter(({ id }) => ids.some((one) => one === id));
    const notFound = (ids ?? []).filter((id) => !printed.some((one) => one['id'] === id));
    const at = changesAt === null ? null : printUtcDate(changesAt);
    return { accountId, state: '0', list: asked, notFound, changesAt: at };
  },
};

const acknowledgeTable = { accountId: required(aString), id: required(anId) };

/** « J’ai lu ». */
const announcementAcknowledge: Method = {
  name: 'Announcement/acknowledge',
  capability: announcementsCapability,
  async run(call, args) {
    const { accountId, id: text } = readArguments(acknowledgeTable, args);
    const ctx = await openAccount(call, accountId, announcementsCapability, 'read');
    requireOwn(ctx.account.isOwn);
    const id = announcementIds.read(text);
    if (id === undefined) throw new MethodError('invalidArguments', 'no such announcement');
    await acknowledgeAnnouncement(ctx.store, ctx.actor, id);
    return { accountId, id: text };
  },
};

const statusTable = { accountId: required(aString) };

/** Answers `{state, maintenance}`: whether everything is open, and the maintenance that is under way or planned soon. */
const houseStatusGet: Method = {
  name: 'HouseStatus/get',
  capability: announcementsCapability,
  async run(call, args) {
    const { accountId } = readArguments(statusTable, args);
    const ctx = await openAccount(call, accountId, announcementsCapability, 'read');
    requireOwn(ctx.account.isOwn);
    const { state, maintenance } = houseStatus(ctx.store, ctx.actor.tenantId);
    return { accountId, state, maintenance: maintenance ? printMaintenance(maintenance) : null };
  },
};

export function printMaintenance({ tenantId, mode, startsAt, endsAt, textFr, textEn }: Maintenance): JsonObject {
  return {
    isPlatform: tenantId === undefined,
    mode,
    startsAt: printUtcDate(startsAt),
    endsAt: endsAt === null ? null : printUtcDate(endsAt),
    textFr,
    textEn,
  };
}

function requireOwn(isOwn: boolean): void {
  if (!isOwn) throw new MethodError('accountNotSupportedByMethod');
}

export const announcementMethods: readonly Method[] = [announcementGet, announcementAcknowledge, houseStatusGet];
