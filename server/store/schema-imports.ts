/** The tables of imports of people, as Kysely sees them (schema.ts has the others); columns as in migrations/. */

export interface PeopleRunTable {
  tenant_id: number;
  id: number;
  kind: string;
  source: string;
  started_at: number;
  finished_at: number | null;
  counts: string;
  undone_at: number | null;
}

export interface PeopleRunLineTable {
  tenant_id: number;
  run_id: number;
  n: number;
  kind: string;
  person_id: number;
  changes: string | null;
  undone: string | null;
}
