/** Maintenance and announcements as the console asks for them. */
import { levels, modes } from '#web/announcements/announcements.ts';
import type { DoorAnnouncement, Level, Maintenance, Mode } from '#web/announcements/announcements.ts';
import { oneOf, refusable, setConsole } from '#web/console/console.ts';
import type { AccountId } from '#web/sync/records.ts';
import { list, number, object, text, textOr } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export interface Planned extends Maintenance {
  readonly isPlatform: boolean;
}

export interface Switch {
  readonly planned: readonly Planned[];
  /** Whether one may decide for the whole platform. */
  readonly mayPlatform: boolean;
}

/** @throws as `client.request` does. */
export async function fetchSwitch(sync: Sync, accountId: AccountId): Promise<Switch> {
  const answer = (await sync.client.request([['Maintenance/list', { accountId }, 'l']])).of('l');
  return {
    mayPlatform: answer['mayPlatform'] === true,
    planned: list(answer['list'], (value) => {
      const it = object(value);
      return {
        isPlatform: it['isPlatform'] === true,
        mode: oneOf(modes, it['mode'], 'closed'),
        startsAt: text(it['startsAt']),
        endsAt: textOr(it['endsAt'], ''),
        textFr: textOr(it['textFr'], ''),
        textEn: textOr(it['textEn'], ''),
      };
    }),
  };
}

export interface NewMaintenance {
  readonly isPlatform: boolean;
  readonly mode: Mode;
  /** Null: at once. */
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  readonly textFr: string;
  readonly textEn: string;
}

/** @returns the type of what stood in the way; undefined when it is done. */
export function startMaintenance(
  sync: Sync,
  accountId: AccountId,
  given: NewMaintenance,
  reason: string,
): Promise<string | undefined> {
  return done(sync, 'Maintenance/start', { accountId, ...given, reason });
}

/** @returns the type of what stood in the way; undefined when it is done. */
export function endMaintenance(
  sync: Sync,
  accountId: AccountId,
  isPlatform: boolean,
  reason: string,
): Promise<string | undefined> {
  return done(sync, 'Maintenance/end', { accountId, isPlatform, reason });
}

async function done(sync: Sync, method: string, args: JsonObject): Promise<string | undefined> {
  const answer = await refusable(async () => (await sync.client.request([[method, args, 'a']])).of('a'));
  return typeof answer === 'string' ? answer : undefined;
}

export interface Published extends DoorAnnouncement {
  readonly id: string;
  readonly isPlatform: boolean;
  /** '' for none. */
  readonly population: string;
  readonly unitName: string;
  readonly isPublic: boolean;
  readonly mustAcknowledge: boolean;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly withdrawnAt: string;
}

/** The newest first; a text says why not. @throws as `client.request` does. */
export async function fetchPublished(sync: Sync, accountId: AccountId): Promise<readonly Published[] | string> {
  const answer = await refusable(async () =>
    (await sync.client.request([['PublishedAnnouncement/get', { accountId, ids: null }, 'g']])).of('g'),
  );
  if (typeof answer === 'string') return answer;
  return list(answer['list'], (value) => {
    const it = object(value);
    return {
      id: text(it['id']),
      isPlatform: it['isPlatform'] === true,
      level: oneOf(levels, it['level'], 'info'),
      population: textOr(it['population'], ''),
      unitName: textOr(it['unitName'], ''),
      isPublic: it['isPublic'] === true,
      mustAcknowledge: it['mustAcknowledge'] === true,
      startsAt: text(it['startsAt']),
      endsAt: textOr(it['endsAt'], ''),
      withdrawnAt: textOr(it['withdrawnAt'], ''),
      textFr: textOr(it['textFr'], ''),
      textEn: textOr(it['textEn'], ''),
    };
  });
}

/** What the form of an announcement holds. */
export interface AnnouncementForm {
  readonly level: Level;
  readonly isPublic: boolean;
  readonly mustAcknowledge: boolean;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  readonly textFr: string;
  readonly textEn: string;
}

/** Of a new one, and fixed from then on: for whom it is. */
export interface AnnouncementAudience {
  readonly isPlatform: boolean;
  readonly population: string | null;
  readonly unitId: string | null;
}

/** @returns the type of what stood in the way; undefined when it is done. */
export async function setPublished(sync: Sync, accountId: AccountId, change: JsonObject): Promise<string | undefined> {
  const answer = await setConsole(sync, 'PublishedAnnouncement/set', { accountId, ...change });
  return typeof answer === 'string' ? answer : undefined;
}

export interface UnitCount {
  /** '' for people of no unit. */
  readonly unitName: string;
  readonly people: number;
  readonly acknowledged: number;
}

/** Those who have read it least come first. @throws as `client.request` does. */
export async function fetchCounts(sync: Sync, accountId: AccountId, id: string): Promise<readonly UnitCount[]> {
  const answer = (await sync.client.request([['PublishedAnnouncement/count', { accountId, id }, 'c']])).of('c');
  return list(answer['list'], (value) => {
    const it = object(value);
    return {
      unitName: textOr(it['unitName'], ''),
      people: number(it['people']),
      acknowledged: number(it['acknowledged']),
    };
  });
}

/** What a field for a date and time holds, as the server takes it; null for an empty one. */
export function whenOf(local: string): string | null {
  const at = Date.parse(local);
  return Number.isNaN(at) ? null : new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** The other way: in the browser's time zone. */
export function localOf(iso: string): string {
  const date = new Date(iso);
  if (iso === '' || Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
