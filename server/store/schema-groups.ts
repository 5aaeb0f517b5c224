/** The tables of groups, appointments and keys of other directories as Kysely sees them; see schema.ts. */

export interface ScimTokenTable {
  tenant_id: number;
  id: string;
  token_hash: string;
  name: string;
  unit_id: number | null;
  author_person_id: number | null;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
  last_used_from: string | null;
  revoked_at: number | null;
}

export interface DirectoryGroupTable {
  tenant_id: number;
  id: number;
  unit_id: number | null;
  name: string;
  sort_key: string;
  external_id: string | null;
  account_id: number | null;
  senders: string;
  created_at: number;
  updated_at: number;
}

export interface GroupMemberTable {
  tenant_id: number;
  group_id: number;
  kind: string;
  member_id: number;
  added_at: number;
}

export interface AppointmentTable {
  tenant_id: number;
  id: number;
  person_id: number;
  unit_id: number | null;
  function_name: string | null;
  from_day: string;
  until_day: string | null;
  state: string;
  author_person_id: number | null;
  created_at: number;
  applied_at: number | null;
  population: string | null;
  quota_octets: number | null;
  is_leave: number;
  before: string | null;
}
