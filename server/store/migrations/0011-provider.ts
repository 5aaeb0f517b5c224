/** Pli as an OpenID Connect provider: its clients, whom they know, what they were allowed, and what they carry. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0011-provider';

export function statements({ text, clustered }: ColumnTypes): readonly string[] {
  return [
    // id: the client_id. secret_hash: keyed; null of a public client. redirect_uris, post_logout_uris, scopes: JSON lists.
    `create table openid_client (
      tenant_id bigint not null, id ${text} not null, name ${text} not null, is_first_party integer not null,
      secret_hash ${text}, redirect_uris ${text} not null, post_logout_uris ${text} not null,
      logout_uri ${text}, scopes ${text} not null, created_at bigint not null, updated_at bigint not null,
      primary key (tenant_id, id))${clustered}`,
    `create unique index openid_client_id on openid_client (id)`,

    // Under which name clients know a person: random, and for ever theirs.
    `create table openid_subject (
      tenant_id bigint not null, person_id bigint not null, subject ${text} not null, created_at bigint not null,
      primary key (tenant_id, person_id))${clustered}`,
    `create unique index openid_subject_subject on openid_subject (subject)`,

    // What a person allowed a client. scopes: JSON list.
    `create table openid_consent (
      tenant_id bigint not null, person_id bigint not null, client_id ${text} not null, scopes ${text} not null,
      created_at bigint not null, last_used_at bigint, last_used_from ${text},
      primary key (tenant_id, person_id, client_id))${clustered}`,
    `create index openid_consent_client on openid_consent (tenant_id, client_id)`,

    // What is under way and what was handed out. id_hash, uid_hash: keyed. payload: JSON, sealed with a key that is not in
    // the database. session_id: of a session of ours, with which it ends. consumed_at: when it served its one time.
    `create table openid_artefact (
      kind ${text} not null, id_hash ${text} not null, tenant_id bigint, person_id bigint, client_id ${text},
      grant_id ${text}, uid_hash ${text}, session_id ${text}, payload ${text} not null, consumed_at bigint,
      created_at bigint not null, expires_at bigint not null, primary key (kind, id_hash))${clustered}`,
    `create index openid_artefact_grant on openid_artefact (grant_id) where grant_id is not null`,
    `create index openid_artefact_uid on openid_artefact (uid_hash) where uid_hash is not null`,
    `create index openid_artefact_person on openid_artefact (tenant_id, person_id, client_id)`,
    `create index openid_artefact_expiry on openid_artefact (expires_at)`,

    // jwk: the private key, sealed likewise. retired_at: when it stopped signing; it is still shown for some days.
    `create table openid_key (
      kid ${text} not null, alg ${text} not null, jwk ${text} not null, created_at bigint not null, retired_at bigint,
      primary key (kid))${clustered}`,
  ];
}
