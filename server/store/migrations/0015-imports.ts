/** What each import of people did, line by line, so that it can be undone. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0015-imports';

export function statements({ text, clustered }: ColumnTypes): readonly string[] {
  return [
    // kind: csv, ldap. source: the file's name or the directory's. counts: JSON, as the summary told them.
    // finished_at: null while it runs, and for ever where it was interrupted.
    `create table people_run (
      tenant_id bigint not null, id bigint not null, kind ${text} not null, source ${text} not null,
      started_at bigint not null, finished_at bigint, counts ${text} not null, undone_at bigint,
      primary key (tenant_id, id))`,

    // n: the line of the source, above all lines for who was closed. kind: added, changed, closed. changes: JSON, what
    // each field was and became; null for who was added. undone: null until it is, then how that went.
    `create table people_run_line (
      tenant_id bigint not null, run_id bigint not null, n bigint not null, kind ${text} not null,
      person_id bigint not null, changes ${text}, undone ${text}, primary key (tenant_id, run_id, n))${clustered}`,
  ];
}
