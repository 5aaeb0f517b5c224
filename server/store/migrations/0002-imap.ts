/** What IMAP asks for and mail alone did not need. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0002-imap';

export function statements({ text, bytes, clustered }: ColumnTypes): readonly string[] {
  return [
    // The fields a list shows, as they stand in the message (formats/message/listed.ts). Null: read the message.
    `alter table message add column header_fields ${bytes}`,

    // Names an account's owner subscribed to (RFC 9051 §6.3.7) that are no mailbox of this account: shared ones, and
    // those that are gone. What is a mailbox of the account has its own column, is_subscribed.
    `create table subscription (
      account_id bigint not null, name ${text} not null, primary key (account_id, name))${clustered}`,

    // METADATA (RFC 5464). mailbox_id 0: of the server; person_id 0: shared by all who see the mailbox.
    `create table annotation (
      account_id bigint not null, mailbox_id bigint not null, person_id bigint not null, entry ${text} not null,
      value ${bytes} not null, primary key (account_id, mailbox_id, person_id, entry))${clustered}`,
  ];
}
