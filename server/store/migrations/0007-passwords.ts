/** Getting in for the first time and again: NUMEN, terms of use, recovery address, passwords of before, codes by mail. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0007-passwords';

export function statements({ text }: ColumnTypes): readonly string[] {
  return [
    // numen_hash: keyed, the key is not in the database; numen_used_at: since when it is no password any more.
    // birth_date: 2001-12-31. provisional_until: when a password that must be changed ends; null for never.
    // password_history: JSON, hashes of the passwords before the present one, the last first.
    // activated_at: since when the account is in its holder's hands; null until they finished a first login.
    `alter table person add column numen_hash ${text}`,
    `alter table person add column numen_used_at bigint`,
    `alter table person add column birth_date ${text}`,
    `alter table person add column provisional_until bigint`,
    `alter table person add column password_history ${text} not null default '[]'`,
    `alter table person add column activated_at bigint`,
    `alter table person add column terms_version ${text}`,
    `alter table person add column terms_accepted_at bigint`,
    `alter table person add column recovery_email ${text}`,
    `alter table person add column recovery_verified_at bigint`,
    `update person set activated_at = coalesce(password_changed_at, created_at)
      where password_hash is not null and must_change_password = 0`,
    `create unique index person_numen on person (tenant_id, numen_hash) where numen_hash is not null`,

    // A code sent by mail to somebody who is not in yet. purpose: recover, verify. tenant_id, person_id: null where
    // nobody fits what was asked, or nobody has looked yet; such a row is kept and answered like the others.
    // code_hash: keyed, '' until there is a code.
    `create table entry_code (
      token_hash ${text} not null primary key, purpose ${text} not null, tenant_id bigint, person_id bigint,
      address ${text}, code_hash ${text} not null, tries bigint not null, created_at bigint not null,
      expires_at bigint not null)`,
    `create index entry_code_expiry on entry_code (expires_at)`,
  ];
}
