/** Where each person usually proves who they are from, so that those who guess elsewhere do not stand in their way. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0014-familiar';

export function statements({ text }: ColumnTypes): readonly string[] {
  return [
    // key: whose it is, hashed, and which network or browser.
    `create table familiar (key ${text} not null primary key, seen_at bigint not null)`,
    `create index familiar_age on familiar (seen_at)`,
  ];
}
