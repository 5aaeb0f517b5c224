/** Statements: domains and addresses. */
import { type AccountId, asId, type TenantId } from '#server/store/ids.ts';
import { insertRows, rows, statement, type Tx } from '#server/store/statement.ts';

/** The exact address sorts after its base, being longer: it comes first here, and wins. */
const selectRouteOf = statement<{ domain: string; address: string; base: string }>()(({ q, p }) =>
  q
    .selectFrom('domain')
    .leftJoin('address', (join) =>
      join
        .onRef('address.tenant_id', '=', 'domain.tenant_id')
        .on((on) => on.or([on('address.address', '=', p.address), on('address.address', '=', p.base)])),
    )
    .leftJoin('account', 'account.id', 'address.account_id')
    .select(['domain.tenant_id', 'address.address', 'address.account_id', 'account.state', 'account.kind'])
    .select(['account.quota_octets', 'account.used_octets'])
    .where('domain.name', '=', p.domain),
);

/** What an account may hold and holds. */
export interface Room {
  readonly quotaOctets: number | null;
  readonly usedOctets: number;
}

export interface RouteRow {
  readonly tenantId: TenantId;
  readonly account:
    | (Room & {
        readonly accountId: AccountId;
        readonly address: string;
        readonly state: string;
        readonly isGroup: boolean;
      })
    | undefined;
}

/** @returns undefined when the domain is nobody's here. */
export async function selectRoute(
  tx: Tx,
  domain: string,
  address: string,
  base: string,
): Promise<RouteRow | undefined> {
  const found = await selectRouteOf.all(tx, { domain, address, base });
  const row = found.find((one) => one.address === address) ?? found[0];
  if (!row) return undefined;
  const { account_id, state, quota_octets: quotaOctets, used_octets: usedOctets } = row;
  const account =
    account_id === null || row.address === null || state === null || usedOctets === null
      ? undefined
      : {
          accountId: asId<AccountId>(account_id),
          address: row.address,
          state,
          isGroup: row.kind === 'group',
          quotaOctets,
          usedOctets,
        };
  return { tenantId: asId<TenantId>(row.tenant_id), account };
}

/** @returns those of `addresses` that somebody has. */
export async function selectTakenAddresses(
  tx: Tx,
  tenantId: TenantId,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, AccountId>> {
  if (addresses.length === 0) return new Map();
  const query = tx.q
    .selectFrom('address')
    .select(['address', 'account_id'])
    .where('tenant_id', '=', tenantId)
    .where(tx.anyOf('address', addresses));
  return new Map((await rows(tx, query)).map((row) => [row.address, asId<AccountId>(row.account_id)]));
}

export type AddressKind = 'primary' | 'alias' | 'provisional';

export interface NewAddress {
  readonly tenantId: TenantId;
  readonly address: string;
  readonly accountId: AccountId;
  readonly kind: AddressKind;
}

export async function insertAddresses(tx: Tx, addresses: readonly NewAddress[], at: number): Promise<void> {
  await insertRows(
    tx,
    'address',
    addresses.map(({ tenantId, address, accountId, kind }) => ({
      tenant_id: tenantId,
      address,
      account_id: accountId,
      kind,
      created_at: at,
    })),
  );
}

const selectOf = statement<{ tenantId: number; accountId: number }>()(({ q, p }) =>
  q
    .selectFrom('address')
    .select(['address', 'kind'])
    .where('tenant_id', '=', p.tenantId)
    .where('account_id', '=', p.accountId)
    .orderBy('address'),
);

export async function selectAddresses(
  tx: Tx,
  tenantId: TenantId,
  accountId: AccountId,
): Promise<readonly { readonly address: string; readonly kind: AddressKind }[]> {
  const found = await selectOf.all(tx, { tenantId, accountId });
  return found.map(({ address, kind }) => ({
    address,
    kind: kind === 'primary' || kind === 'provisional' ? kind : 'alias',
  }));
}

const updateKindOf = statement<{ tenantId: number; address: string; kind: string }>()(({ q, p }) =>
  q.updateTable('address').set({ kind: p.kind }).where('tenant_id', '=', p.tenantId).where('address', '=', p.address),
);

export async function updateAddressKind(tx: Tx, tenantId: TenantId, address: string, kind: AddressKind): Promise<void> {
  await updateKindOf.run(tx, { tenantId, address, kind });
}

const deleteOne = statement<{ tenantId: number; accountId: number; address: string }>()(({ q, p }) =>
  q
    .deleteFrom('address')
    .where('tenant_id', '=', p.tenantId)
    .where('account_id', '=', p.accountId)
    .where('address', '=', p.address)
    .where('kind', '=', 'alias'),
);

/** @returns whether there was such an address and it was not the account's first. */
export async function deleteAddress(
  tx: Tx,
  tenantId: TenantId,
  accountId: AccountId,
  address: string,
): Promise<boolean> {
  return (await deleteOne.run(tx, { tenantId, accountId, address })) > 0;
}

export interface Domain {
  readonly tenantId: TenantId;
  readonly name: string;
  /** The one planned addresses are of. */
  readonly isDefault: boolean;
  readonly dkimSelector: string | null;
  /** PEM (PKCS #8). Never leaves the server. */
  readonly dkimPrivateKey: string | null;
}

interface DomainRow {
  readonly tenant_id: number;
  readonly name: string;
  readonly is_default: number;
  readonly dkim_selector: string | null;
  readonly dkim_private_key: string | null;
}

const domain = (row: DomainRow): Domain => ({
  tenantId: asId<TenantId>(row.tenant_id),
  name: row.name,
  isDefault: row.is_default === 1,
  dkimSelector: row.dkim_selector,
  dkimPrivateKey: row.dkim_private_key,
});

const domainColumns = ['tenant_id', 'name', 'is_default', 'dkim_selector', 'dkim_private_key'] as const;

const selectDomainByName = statement<{ name: string }>()(({ q, p }) =>
  q.selectFrom('domain').select(domainColumns).where('name', '=', p.name),
);

export async function selectDomain(tx: Tx, name: string): Promise<Domain | undefined> {
  const row = await selectDomainByName.first(tx, { name });
  return row && domain(row);
}

const selectDomainsOf = statement<{ tenantId: number }>()(({ q, p }) =>
  q
    .selectFrom('domain')
    .select(domainColumns)
    .where('tenant_id', '=', p.tenantId)
    .orderBy('is_default', 'desc')
    .orderBy('name'),
);

/** The default one first. */
export async function selectDomains(tx: Tx, tenantId: TenantId): Promise<readonly Domain[]> {
  return (await selectDomainsOf.all(tx, { tenantId })).map(domain);
}

const clearDefault = statement<{ tenantId: number }>()(({ q, p }) =>
  q.updateTable('domain').set({ is_default: 0 }).where('tenant_id', '=', p.tenantId),
);

export async function insertDomain(tx: Tx, row: Domain, at: number): Promise<void> {
  if (row.isDefault) await clearDefault.run(tx, { tenantId: row.tenantId });
  await insertRows(tx, 'domain', [
    {
      tenant_id: row.tenantId,
      name: row.name,
      is_default: row.isDefault ? 1 : 0,
      dkim_selector: row.dkimSelector,
      dkim_private_key: row.dkimPrivateKey,
      created_at: at,
    },
  ]);
}

const setDefault = statement<{ tenantId: number; name: string }>()(({ q, p }) =>
  q.updateTable('domain').set({ is_default: 1 }).where('tenant_id', '=', p.tenantId).where('name', '=', p.name),
);

/** This one, and no other. */
export async function updateDefault(tx: Tx, tenantId: TenantId, name: string): Promise<void> {
  await clearDefault.run(tx, { tenantId });
  await setDefault.run(tx, { tenantId, name });
}

const deleteOneDomain = statement<{ tenantId: number; name: string }>()(({ q, p }) =>
  q.deleteFrom('domain').where('tenant_id', '=', p.tenantId).where('name', '=', p.name),
);

export async function deleteDomain(tx: Tx, tenantId: TenantId, name: string): Promise<void> {
  await deleteOneDomain.run(tx, { tenantId, name });
}

/** Looks at every address of the tenant: for what is done once in years. */
export async function countAddressesOf(tx: Tx, tenantId: TenantId, domain: string): Promise<number> {
  const query = tx.q
    .selectFrom('address')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    // A domain's name has neither of the characters that stand for others.
    .where('address', 'like', `%@${domain}`);
  return (await rows(tx, query))[0]?.count ?? 0;
}
