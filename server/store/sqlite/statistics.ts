/**
 * What SQLite's planner is told of the tables: a fixed, typical institution (200 accounts of 5,000 emails) instead of
 * ANALYZE. Measured statistics of a young database are wrong a month later, and would make plans differ from one
 * installation to the next; these keep every statement on the index it was written for.
 */
import type { DatabaseSync } from 'node:sqlite';

/** Table, index (the table's own name for the key of a clustered one), rows, then rows an entry by growing prefix. */
const statistics: readonly (readonly [table: string, index: string, stat: string])[] = [
  ['email', 'email', '1000000 5000 1'],
  ['email', 'email_thread', '1000000 5000 3 1 1'],
  ['email', 'email_changes', '1000000 5000 10 1'],
  ['email_keyword', 'email_keyword', '50000 250 25 1'],
  ['email_keyword', 'email_keyword_email', '50000 250 2'],
  ['mailbox_email', 'mailbox_email', '1050000 5250 500 1'],
  ['mailbox_email', 'mailbox_email_email', '1050000 5250 2 1'],
  ['mailbox_email', 'mailbox_email_received', '1050000 5250 500 2 1 1'],
  ['mailbox_thread', 'mailbox_thread', '400000 2000 200 1'],
  ['mailbox_thread', 'mailbox_thread_received', '400000 2000 200 2 1'],
  ['mailbox_thread', 'mailbox_thread_thread', '400000 2000 2'],
  ['thread', 'thread', '350000 1750 1'],
  ['thread', 'thread_changes', '350000 1750 5'],
  ['thread_key', 'thread_key', '3000000 15000 3 1'],
  ['thread_key', 'thread_key_email', '3000000 15000 3'],
  ['tombstone', 'tombstone', '500000 2500 1000 5 2 1'],
  ['passport', 'passport', '1000000 5000 2 1'],
  ['blob_link', 'blob_link', '1000000 5000 2 1 1'],
  ['blob_link', 'blob_link_hash', '1000000 1000000 2'],
  ['message', 'sqlite_autoindex_message_1', '800000 800000 1'],
  ['mailbox', 'sqlite_autoindex_mailbox_1', '4000 20 1'],
  ['mailbox', 'mailbox_role', '4000 20 1'],
  ['sieve_script', 'sieve_script', '20000 2 1'],
  ['sieve_script', 'sieve_script_name', '20000 2 1'],
  ['filter_memory', 'filter_memory', '100000 50 25 1'],
  ['filter_memory', 'filter_memory_expiry', '100000 50 2 1'],
  ['import_folder', 'import_folder', '200000 1000 50 1'],
  ['import_problem', 'import_problem', '20000 100 20 1'],
  ['conversation', 'conversation', '40000 200 1'],
  ['conversation', 'conversation_changes', '40000 200 2'],
  ['conversation_comment', 'conversation_comment', '40000 200 1'],
  ['conversation_comment', 'conversation_comment_thread', '40000 200 4 1'],
  ['conversation_comment', 'conversation_comment_changes', '40000 200 1'],
  ['job', 'job_due', '100000 20000 5000 2'],
  ['search_due', 'search_due', '1000 5 1'],
  ['directory_word', 'directory_word', '2000000 2000000 40 1'],
  ['directory_word', 'directory_word_account', '2000000 2000000 5'],
  ['mandate', 'mandate_person', '20000 20000 3 1'],
  ['mandate', 'mandate_account', '20000 20000 3'],
  ['person', 'person_sort', '500000 500000 2 1'],
  ['person', 'person_unit', '500000 500000 250 1'],
  ['person', 'person_numen', '50000 50000 1'],
  ['factor', 'factor_person', '50000 50000 2'],
  ['factor', 'factor_credential', '50000 50000 1'],
  ['person', 'person_state', '500000 500000 80000 2 1'],
  ['account', 'account_unit', '500000 500000 250'],
  ['role', 'role_person', '2000 2000 1'],
  ['openid_client', 'openid_client_id', '20 1'],
  ['openid_subject', 'openid_subject_subject', '50000 1'],
  ['openid_consent', 'openid_consent_client', '100000 100000 5000'],
  ['openid_artefact', 'openid_artefact', '500000 70000 1'],
  ['openid_artefact', 'openid_artefact_grant', '300000 3'],
  ['openid_artefact', 'openid_artefact_uid', '100000 1'],
  ['openid_artefact', 'openid_artefact_person', '500000 500000 10 5'],
  ['openid_artefact', 'openid_artefact_expiry', '500000 5'],
  ['trace', 'trace_account', '5000000 5000000 50 1'],
  ['trace', 'trace_person', '5000000 5000000 50 1'],
  ['trace', 'trace_at', '5000000 5000000 2 1'],
  ['trace', 'trace_seal_rows', '5000000 5000000 500 1'],
  ['address', 'address_account', '700000 700000 2'],
  ['bulk_line', 'bulk_line', '100000 100000 1000 1'],
  ['bulk_line', 'bulk_line_person', '100000 100000 1000 1'],
  ['people_run_line', 'people_run_line', '2000000 2000000 100000 1'],
  ['identity_link', 'identity_link_person', '500000 500000 2 1'],
  ['federated_login', 'federated_login_expiry', '500 1'],
  ['federated_session', 'federated_session_sid', '50000 50000 10000 1'],
  ['federated_session', 'federated_session_subject', '50000 50000 10000 2'],
  ['federated_session', 'federated_session_expiry', '50000 1'],
  ['quota_request', 'quota_request_person', '5000 5000 2 1'],
  ['quota_request', 'quota_request_state', '5000 5000 1000 1'],
  ['quota_request', 'quota_request_end', '5000 1000 2'],
  ['approval', 'approval_state', '2000 2000 500 1'],
  ['approval', 'approval_expiry', '2000 500 1'],
];

/** Replaces the planner's statistics; connections opened from now on use them. */
export function writeStatistics(database: DatabaseSync): void {
  // Of one small table: ANALYZE is the only thing that may make the table of statistics.
  database.exec('begin immediate; analyze migration; delete from sqlite_stat1');
  const insert = database.prepare('insert into sqlite_stat1 (tbl, idx, stat) values (?, ?, ?)');
  for (const row of statistics) insert.run(...row);
  database.exec('commit; analyze sqlite_schema');
}
