/** The tables of what everybody is told, as Kysely sees them (schema.ts has the others): one interface a table. */

export interface MaintenanceTable {
  tenant_id: number;
  mode: string;
  starts_at: number;
  ends_at: number | null;
  text_fr: string;
  text_en: string;
  created_at: number;
}

export interface AnnouncementTable {
  tenant_id: number;
  id: number;
  level: string;
  audience: string;
  population: string | null;
  unit_id: number | null;
  is_public: number;
  must_acknowledge: number;
  starts_at: number;
  ends_at: number | null;
  text_fr: string;
  text_en: string;
  author_person_id: number | null;
  created_at: number;
  updated_at: number;
  withdrawn_at: number | null;
}

export interface AcknowledgementTable {
  announcement_id: number;
  tenant_id: number;
  person_id: number;
  at: number;
}

export interface DiagnosisTable {
  code_hash: string;
  findings: string;
  created_at: number;
  expires_at: number;
}
