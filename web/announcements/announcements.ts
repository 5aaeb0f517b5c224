/** What everybody is told, as the server says it: announcements, and maintenance planned or under way. */
import type { AccountId } from '#web/sync/records.ts';
import { isObject, list, object, text, textOr } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';
import { currentLanguage } from '#web/words/language.ts';

export const levels = ['info', 'warning', 'urgent'] as const;
export type Level = (typeof levels)[number];

export const modes = ['readOnly', 'closed'] as const;
export type Mode = (typeof modes)[number];

/** In French, and in English where it was written. */
export interface Told {
  readonly textFr: string;
  readonly textEn: string;
}

export interface DoorAnnouncement extends Told {
  readonly level: Level;
}

export interface Announcement extends DoorAnnouncement {
  readonly id: string;
  readonly mustAcknowledge: boolean;
  readonly updatedAt: string;
}

export interface Maintenance extends Told {
  readonly mode: Mode;
  readonly startsAt: string;
  /** '' where no end was announced. */
  readonly endsAt: string;
}

export interface HouseState {
  readonly state: 'open' | Mode;
  readonly maintenance: Maintenance | undefined;
}

export interface News extends HouseState {
  readonly announcements: readonly Announcement[];
  /** Milliseconds since 1970; undefined where nothing begins or ends by itself. */
  readonly changesAt: number | undefined;
}

/** @throws as `client.request` does. */
export async function fetchNews(sync: Sync, accountId: AccountId): Promise<News> {
  const answers = await sync.client.request([
    ['Announcement/get', { accountId, ids: null }, 'a'],
    ['HouseStatus/get', { accountId }, 's'],
  ]);
  const changesAt = Date.parse(textOr(answers.of('a')['changesAt'], ''));
  return {
    ...readHouseState(answers.of('s')),
    announcements: list(answers.of('a')['list'], (value) => {
      const it = object(value);
      return {
        ...readDoorAnnouncement(it),
        id: text(it['id']),
        mustAcknowledge: it['mustAcknowledge'] === true,
        updatedAt: textOr(it['updatedAt'], ''),
      };
    }),
    changesAt: Number.isNaN(changesAt) ? undefined : changesAt,
  };
}

/** « J’ai lu ». @throws as `client.request` does. */
export async function acknowledge(sync: Sync, accountId: AccountId, id: string): Promise<void> {
  (await sync.client.request([['Announcement/acknowledge', { accountId, id }, 'a']])).of('a');
}

export function readHouseState(value: unknown): HouseState {
  const it = isObject(value) ? value : {};
  const maintenance = isObject(it['maintenance']) ? it['maintenance'] : undefined;
  return {
    state: modes.find((mode) => mode === it['state']) ?? 'open',
    maintenance: maintenance && {
      ...readTold(maintenance),
      mode: modes.find((mode) => mode === maintenance['mode']) ?? 'closed',
      startsAt: textOr(maintenance['startsAt'], ''),
      endsAt: textOr(maintenance['endsAt'], ''),
    },
  };
}

export function readDoorAnnouncement(value: unknown): DoorAnnouncement {
  const it = isObject(value) ? value : {};
  return { ...readTold(it), level: levels.find((level) => level === it['level']) ?? 'info' };
}

function readTold(it: Readonly<Record<string, unknown>>): Told {
  return { textFr: textOr(it['textFr'], ''), textEn: textOr(it['textEn'], '') };
}

/** In the language of the screen, or in the one there is. */
export function toldText({ textFr, textEn }: Told): { readonly words: string; readonly language: 'fr' | 'en' } {
  return currentLanguage() === 'en' && textEn !== ''
    ? { words: textEn, language: 'en' }
    : { words: textFr, language: 'fr' };
}
