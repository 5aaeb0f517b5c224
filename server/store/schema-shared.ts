/** The tables of working together in one mailbox, as Kysely sees them; beside schema.ts, which lists all. */

export interface ConversationTable {
  account_id: number;
  id: number;
  assignee_person_id: number | null;
  is_closed: number;
  closed_at: number | null;
  closed_by_person_id: number | null;
  created_modseq: number;
  modseq: number;
}

export interface ConversationCommentTable {
  account_id: number;
  id: number;
  thread_id: number;
  author_person_id: number;
  text: string;
  mentions: string;
  created_at: number;
  created_modseq: number;
  modseq: number;
}

export interface AnsweringTable {
  account_id: number;
  thread_id: number;
  person_id: number;
  started_at: number;
  ends_at: number;
}

export interface ShareNotificationTable {
  account_id: number;
  id: number;
  created_at: number;
  changed_by_person_id: number | null;
  object_account_id: number;
  name: string;
  old_rights: string | null;
  new_rights: string | null;
  created_modseq: number;
  modseq: number;
}
