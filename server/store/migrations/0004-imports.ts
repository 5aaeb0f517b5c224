/** Imports: mail fetched from an old server or brought as a file, how far each came, and what could not be taken. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0004-imports';

export function statements({ text, clustered }: ColumnTypes): readonly string[] {
  return [
    // source: JSON, where the mail is, never a password; secret: the password, encrypted, null once it is not needed.
    // progress: JSON, counts. actor: who began it, 'operator' or the person's number.
    `create table import (
      account_id bigint not null, id bigint not null, state ${text} not null, source ${text} not null,
      secret ${text}, progress ${text} not null, problem ${text}, actor ${text} not null,
      created_at bigint not null, finished_at bigint, created_modseq bigint not null, modseq bigint not null,
      primary key (account_id, id))${clustered}`,

    // How far each folder of a source is known here: uids up to last_uid are done with, whatever import took them;
    // import_id: the last one that looked.
    `create table import_folder (
      account_id bigint not null, source ${text} not null, folder ${text} not null, mailbox_id bigint not null,
      uid_validity bigint not null, last_uid bigint not null, import_id bigint not null,
      primary key (account_id, source, folder))${clustered}`,

    // A message that could not be taken: where it was, and why.
    `create table import_problem (
      account_id bigint not null, import_id bigint not null, n bigint not null, folder ${text} not null,
      message ${text} not null, reason ${text} not null, primary key (account_id, import_id, n))${clustered}`,
  ];
}
