/** What administrators decide: units with a department, which may be closed, and more room asked for. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0018-tenantry';

export function statements({ text, clustered }: ColumnTypes): readonly string[] {
  return [
    // department: as its number is written, 2A and 971 too. closed_at: nobody comes to it any more.
    `alter table unit add column department ${text}`,
    `alter table unit add column closed_at bigint`,

    `create index person_population on person (tenant_id, population)`,

    // state: waiting, granted, refused, withdrawn, ended. until, ends_at: null for good. quota_octets: null for no limit.
    // before_octets: what the account had, and has again at the end; had_limit: 0 where there was none.
    `create table quota_request (
      tenant_id bigint not null, id bigint not null, person_id bigint not null, asked_octets bigint not null,
      reason ${text} not null, until bigint, state ${text} not null, created_at bigint not null, decided_at bigint,
      decider_person_id bigint, answer ${text}, granted_octets bigint, had_limit bigint not null default 0,
      before_octets bigint, ends_at bigint, reminded_at bigint, primary key (tenant_id, id))${clustered}`,
    `create index quota_request_person on quota_request (tenant_id, person_id, id)`,
    `create index quota_request_state on quota_request (tenant_id, state, id)`,
    `create index quota_request_end on quota_request (state, ends_at)`,
  ];
}
