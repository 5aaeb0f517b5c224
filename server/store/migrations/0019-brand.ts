/** How an institution looks, and the names of hosts that people reach it by. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0019-brand';

export function statements({ text, bytes, clustered }: ColumnTypes): readonly string[] {
  return [
    // What is null is the house's own. logo_hash: SHA-256 of logo, in hexadecimal; accents as #rrggbb.
    `create table brand (
      tenant_id bigint not null primary key, display_name ${text}, logo_kind ${text}, logo ${bytes}, logo_hash ${text},
      accent_light ${text}, accent_dark ${text}, updated_at bigint not null)`,
    `create table hostname (
      name ${text} not null primary key, tenant_id bigint not null, created_at bigint not null)${clustered}`,
  ];
}
