/** Working together in one mailbox: conversations that are somebody's or closed, comments on them, who is answering. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0013-shared';

export function statements({ text, clustered }: ColumnTypes): readonly string[] {
  return [
    // id: of the thread; a thread nobody did anything with has none, and is open and nobody's.
    `create table conversation (
      account_id bigint not null, id bigint not null, assignee_person_id bigint, is_closed integer not null,
      closed_at bigint, closed_by_person_id bigint, created_modseq bigint not null, modseq bigint not null,
      primary key (account_id, id))${clustered}`,
    `create index conversation_changes on conversation (account_id, modseq)`,

    // Plain text that never leaves the house. mentions: JSON, numbers of people.
    `create table conversation_comment (
      account_id bigint not null, id bigint not null, thread_id bigint not null, author_person_id bigint not null,
      text ${text} not null, mentions ${text} not null, created_at bigint not null, created_modseq bigint not null,
      modseq bigint not null, primary key (account_id, id))${clustered}`,
    `create index conversation_comment_thread on conversation_comment (account_id, thread_id, id)`,
    `create index conversation_comment_changes on conversation_comment (account_id, modseq)`,

    // Who has a reply open; true until ends_at, which whoever writes moves on.
    `create table answering (
      account_id bigint not null, thread_id bigint not null, person_id bigint not null, started_at bigint not null,
      ends_at bigint not null, primary key (account_id, thread_id, person_id))${clustered}`,

    // In the account of whose rights changed (RFC 9670 §3). rights: JSON as mandates have them, null for none.
    `create table share_notification (
      account_id bigint not null, id bigint not null, created_at bigint not null, changed_by_person_id bigint,
      object_account_id bigint not null, name ${text} not null, old_rights ${text}, new_rights ${text},
      created_modseq bigint not null, modseq bigint not null, primary key (account_id, id))${clustered}`,
  ];
}
