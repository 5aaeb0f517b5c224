/** Acts of administrators that wait for a second one. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0020-approvals';

export function statements({ text, clustered }: ColumnTypes): readonly string[] {
  return [
    // kind: the rule that asks; verb, sealed: what is to be done, sealed until it is decided. person_id: whom it is done
    // to, null where it is about nobody; path: where in the tree then. seen: the state of what it is done to, as the
    // author saw it. state: waiting, approved, refused, withdrawn, lapsed, overtaken.
    `create table approval (
      tenant_id bigint not null, id bigint not null, kind ${text} not null, verb ${text} not null, power ${text} not null,
      person_id bigint, path ${text} not null, author_person_id bigint not null, from_address ${text} not null,
      reason ${text} not null, details ${text} not null, seen ${text} not null, sealed ${text},
      created_at bigint not null, until bigint not null, state ${text} not null, decided_at bigint,
      decider_person_id bigint, answer ${text}, outcome ${text}, primary key (tenant_id, id))${clustered}`,
    `create index approval_state on approval (tenant_id, state, id)`,
    `create index approval_author on approval (tenant_id, author_person_id, id)`,
    `create index approval_until on approval (state, until)`,
  ];
}
