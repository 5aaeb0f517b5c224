/** What verification asks of the filters' tables: each question one statement, answered with the rows that are wrong. */
import { sql } from 'kysely';

import type { Row } from '#server/store/connection.ts';
import { heavyRead, type Store } from '#server/store/store.ts';

/** Scripts and runs whose blob nothing holds: collection may take it. */
export function selectUnheld(store: Store): Promise<readonly Row[]> {
  return heavyRead(
    store,
    () => sql`select 'script' as what, account_id, id, name from sieve_script as it
        where not exists (select 1 from blob_link as link where link.account_id = it.account_id
          and link.hash = it.hash and link.kind = 'script' and link.owner = cast(it.id as text))
      union all select 'run', account_id, id, name from filter_run as it
        where not exists (select 1 from blob_link as link where link.account_id = it.account_id
          and link.hash = it.hash and link.kind = 'script' and link.owner = 'run:' || cast(it.id as text))`,
  );
}

/** Accounts in which more than one script is active. */
export function selectManyActive(store: Store): Promise<readonly Row[]> {
  return heavyRead(
    store,
    () => sql`select account_id, count(*) as scripts from sieve_script where is_active = 1
      group by account_id having count(*) > 1`,
  );
}

/** Scripts and runs that are newer than their account's clock, or numbered beyond its counter. */
export function selectAhead(store: Store): Promise<readonly Row[]> {
  return heavyRead(
    store,
    () => sql`select 'script' as what, it.account_id, it.id from sieve_script as it
        join account on account.id = it.account_id where it.modseq > account.modseq or it.id >= account.next_id
      union all select 'run', it.account_id, it.id from filter_run as it
        join account on account.id = it.account_id where it.modseq > account.modseq or it.id >= account.next_id`,
  );
}

/** Runs that are to go on and have no job. */
export function selectWithoutJob(store: Store): Promise<readonly Row[]> {
  return heavyRead(
    store,
    () => sql`select it.account_id, it.id from filter_run as it where it.state in ('waiting', 'running')
      and not exists (select 1 from job where job.kind = 'applyFilter'
        and job.key = cast(it.account_id as text) || ':' || cast(it.id as text))`,
  );
}
