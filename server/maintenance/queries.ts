/** Statements: maintenance of the platform and of its tenants, and the counter that tells of news. */
import { asId, type TenantId } from '#server/store/ids.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

export const modes = ['readOnly', 'closed'] as const;
/** `readOnly`: reading goes on and nothing is written. `closed`: nobody gets in, and mail waits outside. */
export type Mode = (typeof modes)[number];

export interface Maintenance {
  /** undefined: the whole platform. */
  readonly tenantId: TenantId | undefined;
  readonly mode: Mode;
  /** Milliseconds since 1970; in the future for one that is planned. */
  readonly startsAt: number;
  /** What was announced. It does not end by itself: work that takes longer must not find the doors open. */
  readonly endsAt: number | null;
  /** What people are told beside that; may be empty. */
  readonly textFr: string;
  readonly textEn: string;
}

/** What stands for the whole platform in a column that names a tenant. */
const platform = 0;

const selectEvery = statement<object>()(({ q }) =>
  q
    .selectFrom('maintenance')
    .select(['tenant_id', 'mode', 'starts_at', 'ends_at', 'text_fr', 'text_en'])
    .orderBy('tenant_id'),
);

export async function selectMaintenance(tx: Tx): Promise<readonly Maintenance[]> {
  return (await selectEvery.all(tx, {})).map((row) => ({
    tenantId: row.tenant_id === platform ? undefined : asId<TenantId>(row.tenant_id),
    // What this version does not know keeps more in.
    mode: modes.find((mode) => mode === row.mode) ?? 'closed',
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    textFr: row.text_fr,
    textEn: row.text_en,
  }));
}

const deleteOf = statement<{ tenantId: number }>()(({ q, p }) =>
  q.deleteFrom('maintenance').where('tenant_id', '=', p.tenantId),
);

/** @returns whether there was one. */
export async function deleteMaintenance(tx: Tx, tenantId: TenantId | undefined): Promise<boolean> {
  return (await deleteOf.run(tx, { tenantId: tenantId ?? platform })) > 0;
}

/** In place of the one that was there. */
export async function replaceMaintenance(tx: Tx, given: Maintenance, at: number): Promise<void> {
  const { tenantId, mode, startsAt, endsAt, textFr, textEn } = given;
  await deleteMaintenance(tx, tenantId);
  const row = { starts_at: startsAt, ends_at: endsAt, text_fr: textFr, text_en: textEn, created_at: at };
  await insertRows(tx, 'maintenance', [{ tenant_id: tenantId ?? platform, mode, ...row }]);
}

const selectCounter = statement<{ name: string }>()(({ q, p }) =>
  q.selectFrom('counter').select('value').where('name', '=', p.name),
);

const newsCounter = 'publicNews';

/** How often something was said to everybody: another number means that there is news. */
export async function selectNews(tx: Tx): Promise<number> {
  return (await selectCounter.first(tx, { name: newsCounter }))?.value ?? 0;
}

const raiseCounter = statement<{ name: string }>()(({ q, p }) =>
  q
    .insertInto('counter')
    .values({ name: p.name, value: 1 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet((eb) => ({ value: eb('counter.value', '+', 1) }))),
);

export async function updateNews(tx: Tx): Promise<void> {
  await raiseCounter.run(tx, { name: newsCounter });
}
