/** The tables of other identity providers, as Kysely sees them (schema.ts has the others): columns as in migrations/. */

export interface IdentityProviderTable {
  tenant_id: number;
  id: number;
  kind: string;
  name: string;
  position: number;
  is_enabled: number;
  settings: string;
  secret: string | null;
  created_at: number;
  updated_at: number;
}

export interface IdentityLinkTable {
  tenant_id: number;
  provider_id: number;
  subject: string;
  person_id: number;
  created_at: number;
  used_at: number;
}

export interface FederatedLoginTable {
  tenant_id: number;
  state_hash: string;
  provider_id: number;
  browser_hash: string;
  return_to: string;
  created_at: number;
  expires_at: number;
  spent_at: number | null;
  proof: string | null;
  outcome: string | null;
}

export interface FederatedSessionTable {
  tenant_id: number;
  session_id: string;
  provider_id: number;
  person_id: number;
  subject: string;
  sid_hash: string;
  level: string | null;
  details: string;
  created_at: number;
  expires_at: number;
}
