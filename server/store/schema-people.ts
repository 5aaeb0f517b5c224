/**
 * The tables of the institution, of getting in and of administering, as Kysely sees them (schema.ts has the others): one
 * interface a table, columns as in migrations/.
 */

export interface TenantTable {
  id: number;
  slug: string;
  name: string;
  settings: string;
  created_at: number;
}

export interface DomainTable {
  tenant_id: number;
  name: string;
  is_default: number;
  dkim_selector: string | null;
  dkim_private_key: string | null;
  created_at: number;
}

export interface UnitTable {
  tenant_id: number;
  id: number;
  parent_id: number | null;
  path: string;
  kind: string;
  code: string | null;
  name: string;
  is_public: number;
  settings: string;
  created_at: number;
  department: string | null;
  closed_at: number | null;
}

export interface AccountTable {
  id: number;
  tenant_id: number;
  kind: string;
  unit_id: number | null;
  name: string;
  email: string;
  state: string;
  modseq: number;
  next_id: number;
  states: string;
  quota_octets: number | null;
  used_octets: number;
  email_count: number;
  seen_is_personal: number;
  settings: string;
  created_at: number;
}

export interface PersonTable {
  tenant_id: number;
  id: number;
  account_id: number;
  unit_id: number | null;
  user_name: string;
  given_name: string;
  family_name: string;
  population: string;
  function_name: string | null;
  state: string;
  state_reason: string | null;
  password_hash: string | null;
  password_changed_at: number | null;
  must_change_password: number;
  language: string;
  external_id: string | null;
  sort_key: string;
  settings: string;
  created_at: number;
  updated_at: number;
  numen_hash: string | null;
  numen_used_at: number | null;
  birth_date: string | null;
  provisional_until: number | null;
  password_history: string;
  activated_at: number | null;
  terms_version: string | null;
  terms_accepted_at: number | null;
  recovery_email: string | null;
  recovery_verified_at: number | null;
}

export interface DirectoryWordTable {
  tenant_id: number;
  word: string;
  account_id: number;
}

export interface AddressTable {
  tenant_id: number;
  address: string;
  account_id: number;
  kind: string;
  created_at: number;
}

export interface MandateTable {
  tenant_id: number;
  id: number;
  account_id: number;
  person_id: number;
  rights: string;
  starts_at: number;
  ends_at: number | null;
  author_person_id: number | null;
  reason: string | null;
  created_at: number;
  revoked_at: number | null;
  valid_from: number | null;
  accepted_at: number | null;
  declined_at: number | null;
  asked_approval: number;
  approver_person_id: number | null;
  approved_at: number | null;
  reminded_at: number | null;
  ended_reason: string | null;
}

export interface SessionTable {
  tenant_id: number;
  token_hash: string;
  id: string;
  person_id: number;
  created_at: number;
  seen_at: number;
  expires_at: number;
  remote_address: string;
  user_agent: string;
  steps: string;
  proof: string;
  proved_at: number;
  device_hash: string;
}

export interface CredentialTable {
  tenant_id: number;
  token_hash: string;
  id: string;
  person_id: number;
  kind: string;
  name: string;
  scopes: string;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
  last_used_from: string | null;
  revoked_at: number | null;
}

export interface ThrottleTable {
  key: string;
  failures: number;
  blocked_until: number;
  updated_at: number;
}

export interface FamiliarTable {
  key: string;
  seen_at: number;
}

export interface RoleTable {
  tenant_id: number;
  id: number;
  person_id: number;
  kind: string;
  unit_id: number | null;
  author_person_id: number | null;
  reason: string;
  starts_at: number;
  ends_at: number | null;
  created_at: number;
  revoked_at: number | null;
}

export interface EntryCodeTable {
  token_hash: string;
  purpose: string;
  tenant_id: number | null;
  person_id: number | null;
  address: string | null;
  code_hash: string;
  tries: number;
  created_at: number;
  expires_at: number;
}

export interface FactorTable {
  tenant_id: number;
  id: string;
  person_id: number;
  kind: string;
  name: string;
  created_at: number;
  confirmed_at: number | null;
  last_used_at: number | null;
  key: string;
  counter: number;
  credential_id: string | null;
  details: string;
}

export interface RecoveryCodeTable {
  tenant_id: number;
  person_id: number;
  hash: string;
  created_at: number;
  used_at: number | null;
}

export interface DeviceTable {
  tenant_id: number;
  person_id: number;
  token_hash: string;
  id: string;
  user_agent: string;
  remote_address: string;
  created_at: number;
  seen_at: number;
  trusted_until: number;
}

export interface SpentChallengeTable {
  tenant_id: number;
  hash: string;
  expires_at: number;
}

export interface BulkActionTable {
  tenant_id: number;
  id: number;
  author_person_id: number;
  act: string;
  reason: string;
  next: number;
  created_at: number;
  finished_at: number | null;
  total: number;
  from_address: string;
  stopped_at: number | null;
}

export interface BulkLineTable {
  tenant_id: number;
  bulk_id: number;
  n: number;
  typed: string;
  person_id: number | null;
  outcome: string | null;
  why: string | null;
  at: number | null;
}

export interface CompromiseTable {
  tenant_id: number;
  id: number;
  person_id: number;
  at: number;
  since: number;
  details: string;
  undone_at: number | null;
}

export interface TraceSealTable {
  tenant_id: number;
  n: number;
  at: number;
  count: number;
  hash: string;
  previous_hash: string;
}

export interface TraceTable {
  tenant_id: number;
  id: string;
  at: number;
  actor: string;
  person_id: number | null;
  mandate_id: number | null;
  account_id: number | null;
  verb: string;
  details: string;
  remote_address: string | null;
  seal: number | null;
}
