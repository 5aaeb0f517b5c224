/**
 * The first schema: what an institution is (tenants, units, people, accounts, mandates), what an account holds (mail)
 * and what the house needs to work (blobs, jobs, sessions, trace). Longer than other files because it is one table
 * after another, and is read as such.
 *
 * Every key begins with `account_id` or `tenant_id`, so that a distributed PostgreSQL can spread tables by that column.
 * Times are milliseconds since 1970 (UTC); sizes are octets; booleans are 0 or 1; JSON is text, read in queries.ts.
 */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0001-foundations';

export function statements({ text, bytes, clustered }: ColumnTypes): readonly string[] {
  return [
    // ── the institution ────────────────────────────────────────────────────────────────────────────────────────
    `create table counter (name ${text} not null primary key, value bigint not null)`,

    `create table tenant (
      id bigint not null primary key, slug ${text} not null unique, name ${text} not null,
      settings ${text} not null, created_at bigint not null)`,

    `create table domain (
      tenant_id bigint not null references tenant (id), name ${text} not null unique,
      is_default integer not null, dkim_selector ${text}, dkim_private_key ${text},
      created_at bigint not null, primary key (tenant_id, name))`,

    // path: '/1/5/9/', each ancestor's id and its own: a subtree is one prefix.
    `create table unit (
      tenant_id bigint not null references tenant (id), id bigint not null, parent_id bigint,
      path ${text} not null, kind ${text} not null, code ${text}, name ${text} not null,
      is_public integer not null, settings ${text} not null, created_at bigint not null,
      primary key (tenant_id, id))`,
    `create unique index unit_code on unit (tenant_id, code)`,
    `create index unit_path on unit (tenant_id, path)`,
    `create index unit_parent on unit (tenant_id, parent_id)`,

    // states: each type's highest modseq as JSON; modseq: the account's clock; next_id: the next number it gives.
    `create table account (
      id bigint not null primary key, tenant_id bigint not null references tenant (id), kind ${text} not null,
      unit_id bigint, name ${text} not null, email ${text} not null, state ${text} not null,
      modseq bigint not null, next_id bigint not null, states ${text} not null,
      quota_octets bigint, used_octets bigint not null, email_count bigint not null,
      seen_is_personal integer not null, settings ${text} not null, created_at bigint not null)`,
    `create index account_tenant on account (tenant_id, id)`,

    `create table person (
      tenant_id bigint not null references tenant (id), id bigint not null, account_id bigint not null,
      unit_id bigint, user_name ${text} not null, given_name ${text} not null, family_name ${text} not null,
      population ${text} not null, function_name ${text}, state ${text} not null, state_reason ${text},
      password_hash ${text}, password_changed_at bigint, must_change_password integer not null,
      language ${text} not null, external_id ${text}, sort_key ${text} not null, settings ${text} not null,
      created_at bigint not null, updated_at bigint not null, primary key (tenant_id, id))`,
    `create unique index person_user_name on person (tenant_id, user_name)`,
    `create unique index person_external on person (tenant_id, external_id)`,
    `create unique index person_account on person (tenant_id, account_id)`,
    `create index person_sort on person (tenant_id, sort_key, id)`,
    `create index person_unit on person (tenant_id, unit_id, sort_key)`,

    // One row a word of a person's name, unit or function, folded: directory completion is a prefix of it.
    `create table directory_word (
      tenant_id bigint not null, word ${text} not null, account_id bigint not null,
      primary key (tenant_id, word, account_id))${clustered}`,
    `create index directory_word_account on directory_word (tenant_id, account_id)`,

    `create table address (
      tenant_id bigint not null references tenant (id), address ${text} not null, account_id bigint not null,
      kind ${text} not null, created_at bigint not null, primary key (tenant_id, address))`,
    `create index address_account on address (tenant_id, account_id)`,

    // rights: JSON array; author: who decided it. A person's right on their own account is not a mandate.
    `create table mandate (
      tenant_id bigint not null, id bigint not null, account_id bigint not null, person_id bigint not null,
      rights ${text} not null, starts_at bigint not null, ends_at bigint, author_person_id bigint,
      reason ${text}, created_at bigint not null, revoked_at bigint, primary key (tenant_id, id))`,
    `create index mandate_person on mandate (tenant_id, person_id, account_id)`,
    `create index mandate_account on mandate (tenant_id, account_id)`,

    // ── getting in ─────────────────────────────────────────────────────────────────────────────────────────────
    // token_hash: SHA-256 of what the holder carries; the token itself is never kept.
    `create table session (
      tenant_id bigint not null, token_hash ${text} not null, id ${text} not null, person_id bigint not null,
      created_at bigint not null, seen_at bigint not null, expires_at bigint not null,
      remote_address ${text} not null, user_agent ${text} not null, primary key (tenant_id, token_hash))`,
    `create index session_person on session (tenant_id, person_id)`,
    `create index session_expiry on session (expires_at)`,

    `create table credential (
      tenant_id bigint not null, token_hash ${text} not null, id ${text} not null, person_id bigint not null,
      kind ${text} not null, name ${text} not null, scopes ${text} not null, created_at bigint not null,
      expires_at bigint, last_used_at bigint, last_used_from ${text}, revoked_at bigint,
      primary key (tenant_id, token_hash))`,
    `create index credential_person on credential (tenant_id, person_id)`,

    `create table throttle (
      key ${text} not null primary key, failures integer not null, blocked_until bigint not null,
      updated_at bigint not null)`,
    `create index throttle_age on throttle (updated_at)`,

    // ── blobs ──────────────────────────────────────────────────────────────────────────────────────────────────
    // place: 'row' (data), 'file' or 's3' (location, frames: JSON, compressed octets of each 256 KiB frame).
    `create table blob (
      tenant_id bigint not null, hash ${text} not null, size_octets bigint not null, stored_octets bigint not null,
      place ${text} not null, location ${text}, frames ${text}, created_at bigint not null, data ${bytes},
      primary key (tenant_id, hash))`,

    // Why a blob is alive. The foreign key is what keeps collection and linking apart (see blobs/collect.ts).
    `create table blob_link (
      account_id bigint not null, hash ${text} not null, kind ${text} not null, owner ${text} not null,
      tenant_id bigint not null, expires_at bigint, primary key (account_id, hash, kind, owner),
      constraint blob_link_blob foreign key (tenant_id, hash) references blob (tenant_id, hash))${clustered}`,
    `create index blob_link_hash on blob_link (tenant_id, hash)`,
    `create index blob_link_expiry on blob_link (expires_at) where expires_at is not null`,

    // ── mail ───────────────────────────────────────────────────────────────────────────────────────────────────
    // What is read from a message's octets, once for all who received it.
    `create table message (
      tenant_id bigint not null, hash ${text} not null, envelope ${text} not null, structure ${text} not null,
      preview ${text} not null, sent_at bigint, has_attachment integer not null,
      primary key (tenant_id, hash))`,

    // How a message came in: SMTP's envelope, the peer, what was checked. One row for all its recipients.
    `create table arrival (
      tenant_id bigint not null, id ${text} not null, at bigint not null, details ${text} not null,
      primary key (tenant_id, id))`,

    // counts as JMAP says them (RFC 8621 §2); counts_modseq: when only they changed.
    `create table mailbox (
      account_id bigint not null, id bigint not null, parent_id bigint, name ${text} not null, role ${text},
      sort_order integer not null, color ${text}, is_subscribed integer not null, is_favorite integer not null,
      uid_validity bigint not null, uid_next bigint not null, highest_modseq bigint not null,
      total_emails bigint not null, unread_emails bigint not null,
      total_threads bigint not null, unread_threads bigint not null, size_octets bigint not null,
      created_modseq bigint not null, modseq bigint not null, counts_modseq bigint not null,
      primary key (account_id, id))`,
    `create unique index mailbox_name on mailbox (account_id, coalesce(parent_id, 0), name)`,
    `create unique index mailbox_role on mailbox (account_id, role)`,

    // flags: see mail/keywords.ts; keywords: JSON, what flags cannot say, sorted. subject_key, from_key, to_key: sort keys.
    `create table email (
      account_id bigint not null, id bigint not null, thread_id bigint not null, hash ${text} not null,
      size_octets bigint not null, received_at bigint not null, sent_at bigint not null,
      subject_key ${text} not null, from_key ${text} not null, to_key ${text} not null,
      flags integer not null, keywords ${text} not null, created_modseq bigint not null, modseq bigint not null,
      saved_at bigint not null, arrival_id ${text}, primary key (account_id, id))${clustered}`,
    `create index email_thread on email (account_id, thread_id, received_at, id)`,
    `create index email_changes on email (account_id, modseq, id)`,

    `create table email_keyword (
      account_id bigint not null, keyword ${text} not null, email_id bigint not null,
      primary key (account_id, keyword, email_id))${clustered}`,
    `create index email_keyword_email on email_keyword (account_id, email_id)`,

    // Personal state where an account keeps it per person (account.seen_is_personal): $seen, $flagged, snooze.
    `create table email_personal (
      account_id bigint not null, person_id bigint not null, email_id bigint not null, flags integer not null,
      modseq bigint not null, primary key (account_id, person_id, email_id))${clustered}`,

    // thread_id, received_at and flags stand here again so that lists and selects read this table alone.
    `create table mailbox_email (
      account_id bigint not null, mailbox_id bigint not null, uid bigint not null, email_id bigint not null,
      thread_id bigint not null, received_at bigint not null, size_octets bigint not null, flags integer not null,
      created_modseq bigint not null, modseq bigint not null, primary key (account_id, mailbox_id, uid))${clustered}`,
    `create unique index mailbox_email_email on mailbox_email (account_id, email_id, mailbox_id)`,
    `create index mailbox_email_received on mailbox_email (account_id, mailbox_id, received_at, email_id, flags)`,

    // One row a conversation and mailbox: its newest email there. A collapsed list reads this table alone.
    `create table mailbox_thread (
      account_id bigint not null, mailbox_id bigint not null, thread_id bigint not null,
      received_at bigint not null, email_id bigint not null, emails integer not null, unread integer not null,
      primary key (account_id, mailbox_id, thread_id))${clustered}`,
    `create index mailbox_thread_received on mailbox_thread (account_id, mailbox_id, received_at, email_id)`,
    `create index mailbox_thread_thread on mailbox_thread (account_id, thread_id)`,

    `create table thread (
      account_id bigint not null, id bigint not null, created_modseq bigint not null, modseq bigint not null,
      primary key (account_id, id))${clustered}`,
    `create index thread_changes on thread (account_id, modseq)`,

    // key: 52 bits of a hash of (message-id, base subject): two emails that share one belong together (RFC 8621 §3).
    `create table thread_key (
      account_id bigint not null, key bigint not null, thread_id bigint not null, email_id bigint not null,
      primary key (account_id, key, email_id))${clustered}`,
    `create index thread_key_email on thread_key (account_id, email_id)`,

    // What is gone. ref: for type 'MailboxEmail' the email's id, while id is the mailbox's and uid its UID there.
    `create table tombstone (
      account_id bigint not null, type ${text} not null, modseq bigint not null, id bigint not null,
      uid bigint not null, ref bigint not null, created_modseq bigint not null,
      primary key (account_id, type, modseq, id, uid))${clustered}`,

    `create table passport (
      account_id bigint not null, email_id bigint not null, id ${text} not null, at bigint not null,
      stop ${text} not null, details ${text} not null, primary key (account_id, email_id, id))${clustered}`,

    `create table identity (
      account_id bigint not null, id bigint not null, name ${text} not null, email ${text} not null,
      reply_to ${text}, bcc ${text}, text_signature ${text} not null, html_signature ${text} not null,
      may_delete integer not null, created_modseq bigint not null, modseq bigint not null,
      primary key (account_id, id))`,

    // ── mail going out ─────────────────────────────────────────────────────────────────────────────────────────
    `create table submission (
      account_id bigint not null, id bigint not null, identity_id bigint not null, email_id bigint not null,
      thread_id bigint not null, hash ${text} not null, envelope ${text} not null, undo_status ${text} not null,
      send_at bigint not null, is_released integer not null, created_at bigint not null,
      created_modseq bigint not null, modseq bigint not null, primary key (account_id, id))`,
    `create index submission_changes on submission (account_id, modseq)`,

    `create table submission_recipient (
      account_id bigint not null, submission_id bigint not null, address ${text} not null,
      parameters ${text} not null, smtp_reply ${text} not null, delivered ${text} not null,
      displayed ${text} not null, attempts integer not null, is_delay_told integer not null,
      primary key (account_id, submission_id, address))`,

    // Whom one wrote to: completion offers them.
    `create table recent_recipient (
      account_id bigint not null, address ${text} not null, name ${text} not null, times integer not null,
      last_at bigint not null, primary key (account_id, address))`,

    // ── the house at work ──────────────────────────────────────────────────────────────────────────────────────
    `create table job (
      tenant_id bigint not null, id ${text} not null, kind ${text} not null, key ${text}, account_id bigint,
      payload ${text} not null, state ${text} not null, run_at bigint not null, attempts integer not null,
      lease_until bigint, lease_owner ${text}, last_error ${text}, progress ${text}, created_at bigint not null,
      finished_at bigint, primary key (tenant_id, id))`,
    `create index job_due on job (state, kind, run_at)`,
    `create unique index job_key on job (tenant_id, kind, key)`,

    `create table push_subscription (
      tenant_id bigint not null, id ${text} not null, person_id bigint not null, device_client_id ${text} not null,
      url ${text} not null, keys ${text}, verification_code ${text} not null, is_verified integer not null,
      types ${text}, expires_at bigint not null, failures integer not null, primary key (tenant_id, id))`,
    `create index push_subscription_person on push_subscription (tenant_id, person_id)`,

    // Append-only: who, under which mandate, what, when, from where. Never contents.
    `create table trace (
      tenant_id bigint not null, id ${text} not null, at bigint not null, actor ${text} not null,
      person_id bigint, mandate_id bigint, account_id bigint, verb ${text} not null, details ${text} not null,
      remote_address ${text}, primary key (tenant_id, id))`,
    `create index trace_account on trace (tenant_id, account_id, id)`,
    `create index trace_person on trace (tenant_id, person_id, id)`,

    // Search index work still to do: one row an email, removed when it is in the index.
    `create table search_due (
      account_id bigint not null, email_id bigint not null, modseq bigint not null,
      primary key (account_id, email_id))${clustered}`,
  ];
}
