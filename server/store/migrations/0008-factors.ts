/** Second factors, the devices a person is known to use, and how fresh the proof of a session is. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0008-factors';

export function statements({ text, clustered }: ColumnTypes): readonly string[] {
  return [
    // kind: totp, passkey. confirmed_at: null until a first code was right. key: of totp its secret, sealed with a key
    // that is not in the database; of a passkey its public key. counter: of totp the last time step used, of a passkey
    // the last signature counter. credential_id: of a passkey alone. details: JSON.
    `create table factor (
      tenant_id bigint not null, id ${text} not null, person_id bigint not null, kind ${text} not null,
      name ${text} not null, created_at bigint not null, confirmed_at bigint, last_used_at bigint, key ${text} not null,
      counter bigint not null, credential_id ${text}, details ${text} not null, primary key (tenant_id, id))${clustered}`,
    `create index factor_person on factor (tenant_id, person_id)`,
    `create unique index factor_credential on factor (tenant_id, credential_id)`,

    // hash: keyed. used_at: null while it still works.
    `create table recovery_code (
      tenant_id bigint not null, person_id bigint not null, hash ${text} not null, created_at bigint not null,
      used_at bigint, primary key (tenant_id, person_id, hash))${clustered}`,

    // A browser somebody logged in with. trusted_until: no second factor is asked of it before; 0 where it always is.
    `create table device (
      tenant_id bigint not null, person_id bigint not null, token_hash ${text} not null, id ${text} not null,
      user_agent ${text} not null, remote_address ${text} not null, created_at bigint not null, seen_at bigint not null,
      trusted_until bigint not null, primary key (tenant_id, person_id, token_hash))${clustered}`,

    // Challenges that were answered: none is taken twice. Kept until it would have expired.
    `create table spent_challenge (
      tenant_id bigint not null, hash ${text} not null, expires_at bigint not null,
      primary key (tenant_id, hash))${clustered}`,

    // proof: how its holder last proved who they are, and proved_at when. device_hash: the browser it is in.
    `alter table session add column proof ${text} not null default 'password'`,
    `alter table session add column proved_at bigint not null default 0`,
    `alter table session add column device_hash ${text} not null default ''`,
  ];
}
