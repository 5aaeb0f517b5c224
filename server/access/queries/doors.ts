/** Statements: that a tenant decided anew who may come by which program, and of which populations people are. */
import { asId, type PersonId, type TenantId } from '#server/store/ids.ts';
import { rows, statement, type Tx } from '#server/store/statement.ts';

const prefix = 'doors:';

const raiseCounter = statement<{ name: string }>()(({ q, p }) =>
  q
    .insertInto('counter')
    .values({ name: p.name, value: 1 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet((eb) => ({ value: eb('counter.value', '+', 1) }))),
);

/** A notice to every process: another number than before means that its connections are to be looked at. */
export async function raiseNotice(tx: Tx, tenantId: TenantId): Promise<void> {
  await raiseCounter.run(tx, { name: `${prefix}${tenantId}` });
}

const selectCounters = statement<{ names: readonly string[] }>()(({ q, anyOf, p }) =>
  q.selectFrom('counter').select(['name', 'value']).where(anyOf('name', p.names)),
);

/** Of a tenant that never decided anything there is none. */
export async function selectNotices(tx: Tx, tenantIds: readonly TenantId[]): Promise<ReadonlyMap<TenantId, number>> {
  const found = await selectCounters.all(tx, { names: tenantIds.map((id) => `${prefix}${id}`) });
  return new Map(found.map(({ name, value }) => [asId<TenantId>(Number(name.slice(prefix.length))), value]));
}

const askedAtOnce = 1_000;

/** Of those who are there. */
export async function selectPopulationsOf(
  tx: Tx,
  tenantId: TenantId,
  personIds: readonly PersonId[],
): Promise<ReadonlyMap<PersonId, string>> {
  const found = new Map<PersonId, string>();
  for (let from = 0; from < personIds.length; from += askedAtOnce) {
    const query = tx.q
      .selectFrom('person')
      .select(['id', 'population'])
      .where('tenant_id', '=', tenantId)
      .where(tx.anyOf('id', personIds.slice(from, from + askedAtOnce)));
    for (const { id, population } of await rows(tx, query)) found.set(asId<PersonId>(id), population);
  }
  return found;
}
