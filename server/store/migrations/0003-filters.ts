/** Filters: Sieve scripts, absence answers, what filters must remember from one message to the next, runs over old mail. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0003-filters';

export function statements({ text, clustered }: ColumnTypes): readonly string[] {
  return [
    // The script's octets are a blob, linked by kind 'script'. origin: what wrote it last.
    `create table sieve_script (
      account_id bigint not null, id bigint not null, name ${text} not null, hash ${text} not null,
      size_octets bigint not null, is_active integer not null, origin ${text} not null,
      created_modseq bigint not null, modseq bigint not null, primary key (account_id, id))${clustered}`,
    `create unique index sieve_script_name on sieve_script (account_id, name)`,

    // Scripts of the institution, for include :global. Few and small: their text stands here.
    `create table sieve_global (
      tenant_id bigint not null, name ${text} not null, content ${text} not null, updated_at bigint not null,
      primary key (tenant_id, name))${clustered}`,

    // One row an account that ever set it (RFC 8621 §8). from_at and until_at: milliseconds since 1970, or null.
    `create table vacation (
      account_id bigint not null primary key, is_enabled integer not null, from_at bigint, until_at bigint,
      subject ${text}, text_body ${text}, html_body ${text})`,

    // Whom a filter answered, what came before, how often it forwarded today: gone when it expires.
    `create table filter_memory (
      account_id bigint not null, kind ${text} not null, key ${text} not null, times bigint not null,
      expires_at bigint not null, primary key (account_id, kind, key))${clustered}`,
    `create index filter_memory_expiry on filter_memory (account_id, expires_at)`,

    // A script applied to mail that is there: its job does the next emails below before_email_id, newest first.
    `create table filter_run (
      account_id bigint not null, id bigint not null, name ${text} not null, hash ${text} not null,
      mailbox_id bigint, state ${text} not null, before_email_id bigint not null, done bigint not null,
      total bigint not null, changed bigint not null, failed bigint not null, last_error ${text},
      created_at bigint not null, finished_at bigint, created_modseq bigint not null, modseq bigint not null,
      primary key (account_id, id))${clustered}`,
  ];
}
