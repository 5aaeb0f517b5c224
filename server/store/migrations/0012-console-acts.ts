/** The console at work: actions on many people line by line, queues that are held, what identities were. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0012-console-acts';

export function statements({ text, clustered }: ColumnTypes): readonly string[] {
  return [
    // The people of an action stand in lines of their own: one is written for each person, and not all of them each time.
    `alter table bulk_action drop column people`,
    `alter table bulk_action drop column refused`,
    // from_address: where its author sat. stopped_at: somebody ended it before its end.
    `alter table bulk_action add column total bigint not null default 0`,
    `alter table bulk_action add column from_address ${text} not null default ''`,
    `alter table bulk_action add column stopped_at bigint`,

    // typed: as it was given, a user name or an address; '' for somebody chosen on the screen. person_id: null where
    // nobody is called so. outcome: null until it is their turn, then done, refused, unknown. why: of refused.
    `create table bulk_line (
      tenant_id bigint not null, bulk_id bigint not null, n bigint not null, typed ${text} not null, person_id bigint,
      outcome ${text}, why ${text}, at bigint, primary key (tenant_id, bulk_id, n))${clustered}`,
    `create index bulk_line_person on bulk_line (tenant_id, bulk_id, person_id)`,

    // An account whose mail does not leave the house for now. released: JSON, ids of submissions that may all the same.
    `create table queue_hold (
      account_id bigint not null primary key, tenant_id bigint not null, at bigint not null, released ${text} not null)`,

    // What an identity was before a change; settings: JSON, null where it was not there yet. Kept for some months.
    `create table identity_past (
      account_id bigint not null, identity_id bigint not null, at bigint not null, settings ${text},
      primary key (account_id, identity_id, at))${clustered}`,
  ];
}
