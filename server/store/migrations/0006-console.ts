/** The console: who may administer what, actions on many people at once, and the seal of the trace. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0006-console';

export function statements({ text }: ColumnTypes): readonly string[] {
  return [
    // kind: platform, tenant, unit, support; unit_id: the top of the subtree of a unit's administrator, or of support
    // (null: the whole tenant). A role is never changed: it is revoked, and another one granted.
    `create table role (
      tenant_id bigint not null, id bigint not null, person_id bigint not null, kind ${text} not null, unit_id bigint,
      author_person_id bigint, reason ${text} not null, starts_at bigint not null, ends_at bigint,
      created_at bigint not null, revoked_at bigint, primary key (tenant_id, id))`,
    `create index role_person on role (tenant_id, person_id)`,

    // An action on many people. act: JSON; people: JSON, ids in the order in which they are taken; next: how many are
    // done with; refused: JSON, whom it could not be done to, and why.
    `create table bulk_action (
      tenant_id bigint not null, id bigint not null, author_person_id bigint not null, act ${text} not null,
      reason ${text} not null, people ${text} not null, next bigint not null, refused ${text} not null,
      created_at bigint not null, finished_at bigint, primary key (tenant_id, id))`,
    `create index bulk_action_author on bulk_action (tenant_id, author_person_id)`,

    // What was done to an account that others had got into, so that it can be undone. details: JSON.
    `create table compromise (
      tenant_id bigint not null, id bigint not null, person_id bigint not null, at bigint not null,
      since bigint not null, details ${text} not null, undone_at bigint, primary key (tenant_id, id))`,
    `create index compromise_person on compromise (tenant_id, person_id)`,

    // Few people are locked, blocked, suspended or closed: a list of them must not look at all others.
    `create index person_state on person (tenant_id, state, sort_key, id)`,

    // All accounts of a unit, functional mailboxes too.
    `create index account_unit on account (tenant_id, unit_id)`,

    // seal: which row of trace_seal covers the line; null until it is sealed.
    `alter table trace add column seal bigint`,
    `create index trace_unsealed on trace (tenant_id, id) where seal is null`,
    `create index trace_seal_rows on trace (tenant_id, seal, id)`,
    `create index trace_at on trace (tenant_id, at, id)`,

    // hash: SHA-256 over previous_hash and the lines it covers, in the order of their ids; see records/seal.ts.
    `create table trace_seal (
      tenant_id bigint not null, n bigint not null, at bigint not null, count bigint not null, hash ${text} not null,
      previous_hash ${text} not null, primary key (tenant_id, n))`,
  ];
}
