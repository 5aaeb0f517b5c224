/** Support contacts as the console asks for them. */
import { refusable } from '#web/console/console.ts';
import { readContact } from '#web/entry/readContact.ts';
import type { SupportContact } from '#web/entry/readContact.ts';
import type { AccountId } from '#web/sync/records.ts';
import { list, number, object, text, textOr } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export interface ContactRow {
  /** '' for the whole institution. */
  readonly unitId: string;
  readonly unitName: string;
  readonly own: SupportContact | undefined;
  /** What its people are shown. */
  readonly shown: SupportContact | undefined;
  readonly lacks: readonly string[];
}

export interface ContactPage {
  readonly rows: readonly ContactRow[];
  readonly found: number;
  readonly total: number;
  readonly lacking: number;
}

export interface ContactSearch {
  readonly text: string;
  readonly isLacking: boolean;
}

/** In the order of the tree; a text says why not. @throws as `client.request` does. */
export async function fetchContacts(
  sync: Sync,
  accountId: AccountId,
  search: ContactSearch,
): Promise<ContactPage | string> {
  const answer = await refusable(async () =>
    (await sync.client.request([['SupportContact/list', { accountId, ...search }, 'l']])).of('l'),
  );
  if (typeof answer === 'string') return answer;
  return {
    found: number(answer['found']),
    total: number(answer['total']),
    lacking: number(answer['lacking']),
    rows: list(answer['list'], (value) => {
      const it = object(value);
      return {
        unitId: textOr(it['unitId'], ''),
        unitName: textOr(it['unitName'], ''),
        own: readContact(it['own']),
        shown: readContact(it['shown']),
        lacks: list(it['lacks'], text),
      };
    }),
  };
}

/** @param contact null: none of its own. @returns the type of what stood in the way; undefined when it is done. */
export async function changeContact(
  sync: Sync,
  accountId: AccountId,
  unitId: string,
  contact: SupportContact | null,
): Promise<string | undefined> {
  const args = { accountId, unitId: unitId === '' ? null : unitId, contact: contact && { ...contact } };
  const answer = await refusable(async () =>
    (await sync.client.request([['SupportContact/change', args, 'c']])).of('c'),
  );
  return typeof answer === 'string' ? answer : undefined;
}
