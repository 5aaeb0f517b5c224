/**
 * The tables as Kysely sees them: one interface a table, columns as in migrations/. Plain numbers and strings here;
 * queries.ts of each noun brands them on the way out. Long because it mirrors the schema line by line; those of people stand in schema-people.ts.
 */
import type {
  FederatedLoginTable,
  FederatedSessionTable,
  IdentityLinkTable,
  IdentityProviderTable,
} from './schema-federation.ts';
import type { PeopleRunLineTable, PeopleRunTable } from './schema-imports.ts';
import type { AppointmentTable, DirectoryGroupTable, GroupMemberTable, ScimTokenTable } from './schema-groups.ts';
import type {
  AccountTable,
  AddressTable,
  BulkActionTable,
  BulkLineTable,
  CompromiseTable,
  CredentialTable,
  DeviceTable,
  DirectoryWordTable,
  DomainTable,
  EntryCodeTable,
  FactorTable,
  FamiliarTable,
  MandateTable,
  PersonTable,
  RecoveryCodeTable,
  RoleTable,
  SessionTable,
  SpentChallengeTable,
  TenantTable,
  ThrottleTable,
  TraceTable,
  TraceSealTable,
  UnitTable,
} from './schema-people.ts';
import type {
  AnsweringTable,
  ConversationCommentTable,
  ConversationTable,
  ShareNotificationTable,
} from './schema-shared.ts';
import type { ApprovalTable, QuotaRequestTable } from './schema-tenantry.ts';
import type { BrandTable, HostnameTable } from './schema-brand.ts';
import type { AcknowledgementTable, AnnouncementTable, DiagnosisTable, MaintenanceTable } from './schema-public.ts';
import type {
  OpenidArtefactTable,
  OpenidClientTable,
  OpenidConsentTable,
  OpenidKeyTable,
  OpenidSubjectTable,
} from './schema-provider.ts';

export interface Schema {
  counter: CounterTable;
  tenant: TenantTable;
  domain: DomainTable;
  unit: UnitTable;
  account: AccountTable;
  person: PersonTable;
  directory_word: DirectoryWordTable;
  address: AddressTable;
  mandate: MandateTable;
  session: SessionTable;
  credential: CredentialTable;
  throttle: ThrottleTable;
  familiar: FamiliarTable;
  blob: BlobTable;
  blob_link: BlobLinkTable;
  message: MessageTable;
  arrival: ArrivalTable;
  mailbox: MailboxTable;
  email: EmailTable;
  email_keyword: EmailKeywordTable;
  email_personal: EmailPersonalTable;
  mailbox_email: MailboxEmailTable;
  mailbox_thread: MailboxThreadTable;
  thread: ThreadTable;
  thread_key: ThreadKeyTable;
  tombstone: TombstoneTable;
  passport: PassportTable;
  identity: IdentityTable;
  identity_past: IdentityPastTable;
  queue_hold: QueueHoldTable;
  submission: SubmissionTable;
  submission_recipient: SubmissionRecipientTable;
  recent_recipient: RecentRecipientTable;
  job: JobTable;
  push_subscription: PushSubscriptionTable;
  trace: TraceTable;
  search_due: SearchDueTable;
  subscription: SubscriptionTable;
  annotation: AnnotationTable;
  sieve_script: SieveScriptTable;
  sieve_global: SieveGlobalTable;
  vacation: VacationTable;
  filter_memory: FilterMemoryTable;
  filter_run: FilterRunTable;
  import: ImportTable;
  import_folder: ImportFolderTable;
  import_problem: ImportProblemTable;
  role: RoleTable;
  openid_client: OpenidClientTable;
  openid_subject: OpenidSubjectTable;
  openid_consent: OpenidConsentTable;
  openid_artefact: OpenidArtefactTable;
  openid_key: OpenidKeyTable;
  entry_code: EntryCodeTable;
  factor: FactorTable;
  recovery_code: RecoveryCodeTable;
  device: DeviceTable;
  spent_challenge: SpentChallengeTable;
  bulk_action: BulkActionTable;
  bulk_line: BulkLineTable;
  compromise: CompromiseTable;
  trace_seal: TraceSealTable;
  conversation: ConversationTable;
  conversation_comment: ConversationCommentTable;
  answering: AnsweringTable;
  share_notification: ShareNotificationTable;
  identity_provider: IdentityProviderTable;
  identity_link: IdentityLinkTable;
  federated_login: FederatedLoginTable;
  federated_session: FederatedSessionTable;
  people_run: PeopleRunTable;
  people_run_line: PeopleRunLineTable;
  quota_request: QuotaRequestTable;
  approval: ApprovalTable;
  scim_token: ScimTokenTable;
  directory_group: DirectoryGroupTable;
  group_member: GroupMemberTable;
  appointment: AppointmentTable;
  maintenance: MaintenanceTable;
  announcement: AnnouncementTable;
  acknowledgement: AcknowledgementTable;
  diagnosis: DiagnosisTable;
  brand: BrandTable;
  hostname: HostnameTable;
}

export interface CounterTable {
  name: string;
  value: number;
}

export interface BlobTable {
  tenant_id: number;
  hash: string;
  size_octets: number;
  stored_octets: number;
  place: string;
  location: string | null;
  frames: string | null;
  created_at: number;
  data: Uint8Array | null;
}

export interface BlobLinkTable {
  account_id: number;
  hash: string;
  kind: string;
  owner: string;
  tenant_id: number;
  expires_at: number | null;
}

export interface MessageTable {
  tenant_id: number;
  hash: string;
  envelope: string;
  structure: string;
  preview: string;
  sent_at: number | null;
  has_attachment: number;
  /** Null on rows of before 0002-imap too. */
  header_fields: Uint8Array | null;
}

export interface ArrivalTable {
  tenant_id: number;
  id: string;
  at: number;
  details: string;
}

export interface MailboxTable {
  account_id: number;
  id: number;
  parent_id: number | null;
  name: string;
  role: string | null;
  sort_order: number;
  color: string | null;
  is_subscribed: number;
  is_favorite: number;
  uid_validity: number;
  uid_next: number;
  highest_modseq: number;
  total_emails: number;
  unread_emails: number;
  total_threads: number;
  unread_threads: number;
  size_octets: number;
  created_modseq: number;
  modseq: number;
  counts_modseq: number;
}

export interface EmailTable {
  account_id: number;
  id: number;
  thread_id: number;
  hash: string;
  size_octets: number;
  received_at: number;
  sent_at: number;
  subject_key: string;
  from_key: string;
  to_key: string;
  flags: number;
  keywords: string;
  created_modseq: number;
  modseq: number;
  saved_at: number;
  arrival_id: string | null;
}

export interface EmailKeywordTable {
  account_id: number;
  keyword: string;
  email_id: number;
}

export interface EmailPersonalTable {
  account_id: number;
  person_id: number;
  email_id: number;
  flags: number;
  modseq: number;
}

export interface MailboxEmailTable {
  account_id: number;
  mailbox_id: number;
  uid: number;
  email_id: number;
  thread_id: number;
  received_at: number;
  size_octets: number;
  flags: number;
  created_modseq: number;
  modseq: number;
}

export interface MailboxThreadTable {
  account_id: number;
  mailbox_id: number;
  thread_id: number;
  received_at: number;
  email_id: number;
  emails: number;
  unread: number;
}

export interface ThreadTable {
  account_id: number;
  id: number;
  created_modseq: number;
  modseq: number;
}

export interface ThreadKeyTable {
  account_id: number;
  key: number;
  thread_id: number;
  email_id: number;
}

export interface TombstoneTable {
  account_id: number;
  type: string;
  modseq: number;
  id: number;
  uid: number;
  ref: number;
  created_modseq: number;
}

export interface PassportTable {
  account_id: number;
  email_id: number;
  id: string;
  at: number;
  stop: string;
  details: string;
}

export interface IdentityTable {
  account_id: number;
  id: number;
  name: string;
  email: string;
  reply_to: string | null;
  bcc: string | null;
  text_signature: string;
  html_signature: string;
  may_delete: number;
  created_modseq: number;
  modseq: number;
}

export interface IdentityPastTable {
  account_id: number;
  identity_id: number;
  at: number;
  settings: string | null;
}

export interface QueueHoldTable {
  account_id: number;
  tenant_id: number;
  at: number;
  released: string;
}

export interface SubmissionTable {
  account_id: number;
  id: number;
  identity_id: number;
  email_id: number;
  thread_id: number;
  hash: string;
  envelope: string;
  undo_status: string;
  send_at: number;
  is_released: number;
  created_at: number;
  created_modseq: number;
  modseq: number;
}

export interface SubmissionRecipientTable {
  account_id: number;
  submission_id: number;
  address: string;
  parameters: string;
  smtp_reply: string;
  delivered: string;
  displayed: string;
  attempts: number;
  is_delay_told: number;
}

export interface RecentRecipientTable {
  account_id: number;
  address: string;
  name: string;
  times: number;
  last_at: number;
}

export interface JobTable {
  tenant_id: number;
  id: string;
  kind: string;
  key: string | null;
  account_id: number | null;
  payload: string;
  state: string;
  run_at: number;
  attempts: number;
  lease_until: number | null;
  lease_owner: string | null;
  last_error: string | null;
  progress: string | null;
  created_at: number;
  finished_at: number | null;
}

export interface PushSubscriptionTable {
  tenant_id: number;
  id: string;
  person_id: number;
  device_client_id: string;
  url: string;
  keys: string | null;
  verification_code: string;
  is_verified: number;
  types: string | null;
  expires_at: number;
  failures: number;
}

export interface SearchDueTable {
  account_id: number;
  email_id: number;
  modseq: number;
}

export interface SubscriptionTable {
  account_id: number;
  name: string;
}

export interface AnnotationTable {
  account_id: number;
  mailbox_id: number;
  person_id: number;
  entry: string;
  value: Uint8Array;
}

export interface SieveScriptTable {
  account_id: number;
  id: number;
  name: string;
  hash: string;
  size_octets: number;
  is_active: number;
  origin: string;
  created_modseq: number;
  modseq: number;
}

export interface SieveGlobalTable {
  tenant_id: number;
  name: string;
  content: string;
  updated_at: number;
}

export interface VacationTable {
  account_id: number;
  is_enabled: number;
  from_at: number | null;
  until_at: number | null;
  subject: string | null;
  text_body: string | null;
  html_body: string | null;
}

export interface FilterMemoryTable {
  account_id: number;
  kind: string;
  key: string;
  times: number;
  expires_at: number;
}

export interface FilterRunTable {
  account_id: number;
  id: number;
  name: string;
  hash: string;
  mailbox_id: number | null;
  state: string;
  before_email_id: number;
  done: number;
  total: number;
  changed: number;
  failed: number;
  last_error: string | null;
  created_at: number;
  finished_at: number | null;
  created_modseq: number;
  modseq: number;
}

export interface ImportTable {
  account_id: number;
  id: number;
  state: string;
  source: string;
  secret: string | null;
  progress: string;
  problem: string | null;
  actor: string;
  created_at: number;
  finished_at: number | null;
  created_modseq: number;
  modseq: number;
}

export interface ImportFolderTable {
  account_id: number;
  source: string;
  folder: string;
  mailbox_id: number;
  uid_validity: number;
  last_uid: number;
  import_id: number;
}

export interface ImportProblemTable {
  account_id: number;
  import_id: number;
  n: number;
  folder: string;
  message: string;
  reason: string;
}
