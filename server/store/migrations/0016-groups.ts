/** Keys of other directories (SCIM), groups, and appointments: where somebody works, from when to when. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0016-groups';

export function statements({ text, clustered }: ColumnTypes): readonly string[] {
  return [
    // What another directory may write to ours with. unit_id: the subtree it is for; null for the whole tenant.
    `create table scim_token (
      tenant_id bigint not null, id ${text} not null, token_hash ${text} not null, name ${text} not null,
      unit_id bigint, author_person_id bigint, created_at bigint not null, expires_at bigint, last_used_at bigint,
      last_used_from ${text}, revoked_at bigint, primary key (tenant_id, id))${clustered}`,
    `create unique index scim_token_hash on scim_token (tenant_id, token_hash)`,

    // account_id: of the address mail to the group is written to; null for a group without one. sort_key: the name
    // folded. senders: who may write to it: tenant, members, named.
    `create table directory_group (
      tenant_id bigint not null, id bigint not null, unit_id bigint, name ${text} not null, sort_key ${text} not null,
      external_id ${text}, account_id bigint, senders ${text} not null, created_at bigint not null,
      updated_at bigint not null, primary key (tenant_id, id))${clustered}`,
    `create index directory_group_name on directory_group (tenant_id, sort_key, id)`,
    `create unique index directory_group_external on directory_group (tenant_id, external_id)`,
    `create index directory_group_account on directory_group (tenant_id, account_id)`,

    // kind: person, group, unit (everybody of it and below). sender: who may write, where senders is named.
    `create table group_member (
      tenant_id bigint not null, group_id bigint not null, kind ${text} not null, member_id bigint not null,
      added_at bigint not null, primary key (tenant_id, group_id, kind, member_id))${clustered}`,
    `create index group_member_of on group_member (tenant_id, kind, member_id, group_id)`,

    // Days as 2026-09-01; until: the last one, null for none. state: planned, current, past, cancelled.
    `create table appointment (
      tenant_id bigint not null, id bigint not null, person_id bigint not null, unit_id bigint, function_name ${text},
      from_day ${text} not null, until_day ${text}, state ${text} not null, author_person_id bigint,
      created_at bigint not null, applied_at bigint, primary key (tenant_id, id))${clustered}`,
    `create index appointment_person on appointment (tenant_id, person_id, from_day)`,
    `create index appointment_due on appointment (state, from_day)`,
  ];
}
