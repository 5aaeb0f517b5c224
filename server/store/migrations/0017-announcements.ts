/** What everybody is told: maintenance, announcements, and what a browser found out about itself for the support. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0017-announcements';

export function statements({ text, clustered }: ColumnTypes): readonly string[] {
  return [
    // tenant_id: 0 for the whole platform. mode: readOnly or closed. ends_at: what was announced; it ends by hand.
    `create table maintenance (
      tenant_id bigint not null primary key, mode ${text} not null, starts_at bigint not null, ends_at bigint,
      text_fr ${text} not null, text_en ${text} not null, created_at bigint not null)`,

    // tenant_id: 0 for the whole platform. audience: everybody, population or unit, with its name or the unit's id beside
    // it. is_public: on the login page too. A withdrawn one stays, for the record.
    `create table announcement (
      tenant_id bigint not null, id bigint not null, level ${text} not null, audience ${text} not null,
      population ${text}, unit_id bigint, is_public bigint not null, must_acknowledge bigint not null,
      starts_at bigint not null, ends_at bigint, text_fr ${text} not null, text_en ${text} not null,
      author_person_id bigint, created_at bigint not null, updated_at bigint not null, withdrawn_at bigint,
      primary key (tenant_id, id))`,

    // Who said « J’ai lu », and when.
    `create table acknowledgement (
      announcement_id bigint not null, tenant_id bigint not null, person_id bigint not null, at bigint not null,
      primary key (announcement_id, tenant_id, person_id))${clustered}`,

    // A browser's own report, for a day. code: keyed hash of what is read out to the support. findings: JSON, of a closed
    // list of names. The person is never in it.
    `create table diagnosis (
      code_hash ${text} not null primary key, findings ${text} not null, created_at bigint not null,
      expires_at bigint not null)`,
    `create index diagnosis_expiry on diagnosis (expires_at)`,
  ];
}
