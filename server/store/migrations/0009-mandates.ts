/** Mandates that are asked for, accepted and approved before they hold, and of whose end both sides are reminded. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0009-mandates';

export function statements({ text }: ColumnTypes): readonly string[] {
  return [
    // valid_from: null while somebody still has to agree; then the first instant at which it gives anything.
    `alter table mandate add column valid_from bigint`,
    `alter table mandate add column accepted_at bigint`,
    `alter table mandate add column declined_at bigint`,
    // asked_approval: 1 where an administrator must agree besides.
    `alter table mandate add column asked_approval integer not null default 0`,
    `alter table mandate add column approver_person_id bigint`,
    `alter table mandate add column approved_at bigint`,
    // When both sides were told that it ends soon; another end asks for another reminder.
    `alter table mandate add column reminded_at bigint`,
    // Why the administrator, the holder or the one who gave it ended it.
    `alter table mandate add column ended_reason ${text}`,
    // Those there were hold since they were given.
    `update mandate set valid_from = starts_at, accepted_at = created_at`,
    `create index mandate_end on mandate (ends_at) where ends_at is not null`,
  ];
}
