/** The tables of the OpenID Connect provider as Kysely sees them; see schema.ts. */

export interface OpenidClientTable {
  tenant_id: number;
  id: string;
  name: string;
  is_first_party: number;
  secret_hash: string | null;
  redirect_uris: string;
  post_logout_uris: string;
  logout_uri: string | null;
  scopes: string;
  created_at: number;
  updated_at: number;
}

export interface OpenidSubjectTable {
  tenant_id: number;
  person_id: number;
  subject: string;
  created_at: number;
}

export interface OpenidConsentTable {
  tenant_id: number;
  person_id: number;
  client_id: string;
  scopes: string;
  created_at: number;
  last_used_at: number | null;
  last_used_from: string | null;
}

export interface OpenidArtefactTable {
  kind: string;
  id_hash: string;
  tenant_id: number | null;
  person_id: number | null;
  client_id: string | null;
  grant_id: string | null;
  uid_hash: string | null;
  session_id: string | null;
  payload: string;
  consumed_at: number | null;
  created_at: number;
  expires_at: number;
}

export interface OpenidKeyTable {
  kid: string;
  alg: string;
  jwk: string;
  created_at: number;
  retired_at: number | null;
}
