/** What IMAP asks for and mail alone did not need. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0002-imap';

export function statements({ bytes }: ColumnTypes): readonly string[] {
  return [
    // The fields a list shows, as they stand in the message (formats/message/listed.ts). Null: read the message.
    `alter table message add column header_fields ${bytes}`,
  ];
}
