/** The tables of how institutions look, as Kysely sees them (schema.ts has the others): columns as in migrations/. */

export interface BrandTable {
  tenant_id: number;
  display_name: string | null;
  logo_kind: string | null;
  logo: Uint8Array | null;
  logo_hash: string | null;
  accent_light: string | null;
  accent_dark: string | null;
  updated_at: number;
}

export interface HostnameTable {
  name: string;
  tenant_id: number;
  created_at: number;
}
