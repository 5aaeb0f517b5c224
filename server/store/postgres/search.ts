/**
 * Searching on PostgreSQL. Emails are gathered by the database into one octet string, so that thirty thousand of them
 * cost the event loop one row.
 */
import type { Bindable, Engine } from '#server/store/connection.ts';
import { asId, type AccountId } from '#server/store/ids.ts';
import { accountPrefix, type SearchReader } from '#server/store/search.ts';
import { emailsWithTexts } from '#server/store/text-segment.ts';
import { printTsquery } from './search-text.ts';

/**
 * The planner does not know what it costs to unpack terms and would rather read them all than use their index; and the
 * account's key would lead it to all of the account's documents, hence the `+ 0`: a term's account is in the term.
 */
const settings = `select set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
  set_config('max_parallel_workers_per_gather', '0', true)`;
const matching = `select string_agg(int8send(email_id), '') as emails from search_document
  where terms @@ $1::tsquery and account_id + 0 = $2`;
const listed = `select string_agg(int8send(email_id), '') as emails from search_document where account_id = $1`;
const nextAccount = 'select min(account_id) as account from search_document where account_id >= $1';

export function postgresSearchReader(engine: Engine): SearchReader {
  const gather = (sql: string, name: string, values: readonly Bindable[]): Promise<Uint32Array> =>
    orNothing(
      engine.read(async (connection) => {
        await connection.all({ sql: settings, name: 'search_settings' }, []);
        const [row] = await connection.all({ sql, name }, values);
        return numbersIn(row?.['emails']);
      }),
      new Uint32Array(),
    );
  return {
    async match(accountId, plan) {
      if (plan.kind === 'nothing') return new Uint32Array();
      if (plan.kind === 'everything') return gather(listed, 'search_listed', [accountId]);
      return gather(matching, 'search_matching', [printTsquery(accountPrefix(accountId), plan), accountId]);
    },
    documents: (accountId) => gather(listed, 'search_listed', [accountId]),
    texts: (accountId) => orNothing(texts(engine, accountId), new Uint32Array()),
    accounts: () => orNothing(accounts(engine), []),
    close: async () => undefined,
  };
}

async function texts(engine: Engine, accountId: AccountId): Promise<Uint32Array> {
  return engine.read(async (connection) => {
    const tail = await connection.all({ sql: 'select email_id from text_tail where account_id = $1' }, [accountId]);
    const segments = await connection.all({ sql: 'select entries from text_segment where account_id = $1' }, [
      accountId,
    ]);
    return emailsWithTexts(
      tail.map((row) => Number(row['email_id'])),
      segments.map((row) => row['entries']),
    );
  });
}

async function accounts(engine: Engine): Promise<readonly AccountId[]> {
  return engine.read(async (connection) => {
    const found: AccountId[] = [];
    for (let from = 0; ;) {
      const [row] = await connection.all({ sql: nextAccount, name: 'search_next_account' }, [from]);
      const account = row?.['account'];
      if (typeof account !== 'number') return found;
      found.push(asId<AccountId>(account));
      from = account + 1;
    }
  });
}

/** As long as no indexer ever ran on this database there is no table, and nothing is found. */
async function orNothing<T>(found: Promise<T>, nothing: T): Promise<T> {
  try {
    return await found;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === '42P01';
    if (isMissing) return nothing;
    throw error;
  }
}

/** Eight octets a number, of which no email needs the upper four. */
function numbersIn(octets: unknown): Uint32Array {
  if (!Buffer.isBuffer(octets)) return new Uint32Array();
  const numbers = new Uint32Array(octets.length / 8);
  for (let index = 0; index < numbers.length; index += 1) numbers[index] = octets.readUInt32BE(index * 8 + 4);
  return isAscending(numbers) ? numbers : numbers.sort();
}

function isAscending(numbers: Uint32Array): boolean {
  for (let index = 1; index < numbers.length; index += 1) {
    if ((numbers[index] ?? 0) < (numbers[index - 1] ?? 0)) return false;
  }
  return true;
}
