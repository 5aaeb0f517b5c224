/** Statements: which populations people are of, and how many are of each. */
import { sql } from 'kysely';

import type { TenantId } from '#server/store/ids.ts';
import { rows, type Tx } from '#server/store/statement.ts';

/** Each one found by one step along the index, however many people it has. */
export async function selectPopulations(tx: Tx, tenantId: TenantId, limit: number): Promise<readonly string[]> {
  const found = await rows(
    tx,
    sql<{ readonly name: string }>`with recursive step (name, n) as (
        select (select min(population) from person where tenant_id = ${tenantId}), 1
        union all
        select (select min(population) from person where tenant_id = ${tenantId} and population > step.name), n + 1
          from step where step.name is not null and n < ${limit})
      select name from step where name is not null`,
  );
  return found.map(({ name }) => name);
}

export async function countPopulation(tx: Tx, tenantId: TenantId, name: string): Promise<number> {
  const query = tx.q
    .selectFrom('person')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('population', '=', name);
  return (await rows(tx, query))[0]?.count ?? 0;
}
