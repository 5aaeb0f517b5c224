/** Appointments that say more, and those that somebody comes back from. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0021-appointments';

export function statements({ text }: ColumnTypes): readonly string[] {
  return [
    // population, quota_octets: null: as before. is_leave: 1: what was before comes back after the last day; before: what
    // that was (JSON), from the first day on.
    `alter table appointment add column population ${text}`,
    `alter table appointment add column quota_octets bigint`,
    `alter table appointment add column is_leave bigint not null default 0`,
    `alter table appointment add column before ${text}`,
  ];
}
