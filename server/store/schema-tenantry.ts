/** The tables of what administrators decide, as Kysely sees them (schema.ts has the others): columns as in migrations/. */

export interface QuotaRequestTable {
  tenant_id: number;
  id: number;
  person_id: number;
  asked_octets: number;
  reason: string;
  until: number | null;
  state: string;
  created_at: number;
  decided_at: number | null;
  decider_person_id: number | null;
  answer: string | null;
  granted_octets: number | null;
  had_limit: number;
  before_octets: number | null;
  ends_at: number | null;
  reminded_at: number | null;
}

export interface ApprovalTable {
  tenant_id: number;
  id: number;
  kind: string;
  verb: string;
  power: string;
  person_id: number | null;
  path: string;
  author_person_id: number;
  from_address: string;
  reason: string;
  details: string;
  seen: string;
  sealed: string | null;
  created_at: number;
  until: number;
  state: string;
  decided_at: number | null;
  decider_person_id: number | null;
  answer: string | null;
  outcome: string | null;
}
