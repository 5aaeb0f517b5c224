/**
 * What a backup holds: every table in an order in which each can be inserted after those it refers to, with the key
 * that its rows are read by. A table that is missing here does not compile.
 */
import type { Schema } from '#server/store/schema.ts';

type Keys = { readonly [Table in keyof Schema]: readonly (keyof Schema[Table] & string)[] };

/** `search_due` is not kept: after a restore every email is due. */
export type KeptTable = Exclude<keyof Schema, 'search_due'>;

export const keysOf = {
  counter: ['name'],
  tenant: ['id'],
  domain: ['tenant_id', 'name'],
  unit: ['tenant_id', 'id'],
  account: ['id'],
  person: ['tenant_id', 'id'],
  directory_word: ['tenant_id', 'word', 'account_id'],
  address: ['tenant_id', 'address'],
  mandate: ['tenant_id', 'id'],
  session: ['tenant_id', 'token_hash'],
  credential: ['tenant_id', 'token_hash'],
  factor: ['tenant_id', 'id'],
  recovery_code: ['tenant_id', 'person_id', 'hash'],
  device: ['tenant_id', 'person_id', 'token_hash'],
  spent_challenge: ['tenant_id', 'hash'],
  throttle: ['key'],
  familiar: ['key'],
  blob: ['tenant_id', 'hash'],
  blob_link: ['account_id', 'hash', 'kind', 'owner'],
  message: ['tenant_id', 'hash'],
  arrival: ['tenant_id', 'id'],
  mailbox: ['account_id', 'id'],
  email: ['account_id', 'id'],
  email_keyword: ['account_id', 'keyword', 'email_id'],
  email_personal: ['account_id', 'person_id', 'email_id'],
  mailbox_email: ['account_id', 'mailbox_id', 'uid'],
  mailbox_thread: ['account_id', 'mailbox_id', 'thread_id'],
  thread: ['account_id', 'id'],
  thread_key: ['account_id', 'key', 'email_id'],
  tombstone: ['account_id', 'type', 'modseq', 'id', 'uid'],
  passport: ['account_id', 'email_id', 'id'],
  identity: ['account_id', 'id'],
  submission: ['account_id', 'id'],
  submission_recipient: ['account_id', 'submission_id', 'address'],
  recent_recipient: ['account_id', 'address'],
  job: ['tenant_id', 'id'],
  push_subscription: ['tenant_id', 'id'],
  trace: ['tenant_id', 'id'],
  subscription: ['account_id', 'name'],
  annotation: ['account_id', 'mailbox_id', 'person_id', 'entry'],
  sieve_script: ['account_id', 'id'],
  sieve_global: ['tenant_id', 'name'],
  vacation: ['account_id'],
  filter_memory: ['account_id', 'kind', 'key'],
  filter_run: ['account_id', 'id'],
  import: ['account_id', 'id'],
  import_folder: ['account_id', 'source', 'folder'],
  import_problem: ['account_id', 'import_id', 'n'],
  entry_code: ['token_hash'],
  role: ['tenant_id', 'id'],
  openid_client: ['tenant_id', 'id'],
  openid_subject: ['tenant_id', 'person_id'],
  openid_consent: ['tenant_id', 'person_id', 'client_id'],
  openid_artefact: ['kind', 'id_hash'],
  openid_key: ['kid'],
  bulk_action: ['tenant_id', 'id'],
  bulk_line: ['tenant_id', 'bulk_id', 'n'],
  queue_hold: ['account_id'],
  identity_past: ['account_id', 'identity_id', 'at'],
  compromise: ['tenant_id', 'id'],
  trace_seal: ['tenant_id', 'n'],
  conversation: ['account_id', 'id'],
  conversation_comment: ['account_id', 'id'],
  answering: ['account_id', 'thread_id', 'person_id'],
  share_notification: ['account_id', 'id'],
  identity_provider: ['tenant_id', 'id'],
  identity_link: ['tenant_id', 'provider_id', 'subject'],
  federated_login: ['tenant_id', 'state_hash'],
  federated_session: ['tenant_id', 'session_id'],
  people_run: ['tenant_id', 'id'],
  people_run_line: ['tenant_id', 'run_id', 'n'],
  quota_request: ['tenant_id', 'id'],
  scim_token: ['tenant_id', 'id'],
  directory_group: ['tenant_id', 'id'],
  group_member: ['tenant_id', 'group_id', 'kind', 'member_id'],
  appointment: ['tenant_id', 'id'],
  maintenance: ['tenant_id'],
  announcement: ['tenant_id', 'id'],
  acknowledgement: ['announcement_id', 'tenant_id', 'person_id'],
  diagnosis: ['code_hash'],
} as const satisfies Omit<Keys, 'search_due'>;

export function isKeptTable(name: string): name is KeptTable {
  return Object.hasOwn(keysOf, name);
}

export const keptTables: readonly KeptTable[] = Object.keys(keysOf).filter(isKeptTable);
