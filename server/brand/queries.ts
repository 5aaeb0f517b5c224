/** Statements: what an institution chose of its looks, its logo, and the names of hosts it is reached by. */
import { type Colour, parseColour } from '#formats/brand/colour.ts';
import type { LogoKind } from '#formats/brand/logo.ts';
import { asId, type TenantId } from '#server/store/ids.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

export interface Brand {
  /** null: the institution's own name. */
  readonly displayName: string | null;
  readonly logo: Logo | null;
  readonly accentLight: Colour | null;
  readonly accentDark: Colour | null;
}

export interface Logo {
  readonly kind: LogoKind;
  /** SHA-256 in hexadecimal: the address it is kept at for ever. */
  readonly hash: string;
}

export const houseBrand: Brand = { displayName: null, logo: null, accentLight: null, accentDark: null };

interface BrandRow {
  readonly display_name: string | null;
  readonly logo_kind: string | null;
  readonly logo_hash: string | null;
  readonly accent_light: string | null;
  readonly accent_dark: string | null;
}

function brandOf(row: BrandRow): Brand {
  return {
    displayName: row.display_name,
    logo: row.logo_hash === null ? null : { kind: row.logo_kind === 'png' ? 'png' : 'svg', hash: row.logo_hash },
    accentLight: parseColour(row.accent_light ?? '') ?? null,
    accentDark: parseColour(row.accent_dark ?? '') ?? null,
  };
}

const brandColumns = ['display_name', 'logo_kind', 'logo_hash', 'accent_light', 'accent_dark'] as const;

const selectOne = statement<{ tenantId: number }>()(({ q, p }) =>
  q.selectFrom('brand').select(brandColumns).where('tenant_id', '=', p.tenantId),
);

export async function selectBrand(tx: Tx, tenantId: TenantId): Promise<Brand> {
  const row = await selectOne.first(tx, { tenantId });
  return row ? brandOf(row) : houseBrand;
}

const selectOneLogo = statement<{ hash: string }>()(({ q, p }) =>
  q.selectFrom('brand').select(['logo', 'logo_kind']).where('logo_hash', '=', p.hash).limit(1),
);

export interface LogoFile {
  readonly kind: LogoKind;
  readonly octets: Uint8Array;
}

export async function selectLogo(tx: Tx, hash: string): Promise<LogoFile | undefined> {
  const row = await selectOneLogo.first(tx, { hash });
  return row?.logo ? { kind: row.logo_kind === 'png' ? 'png' : 'svg', octets: row.logo } : undefined;
}

const deleteOne = statement<{ tenantId: number }>()(({ q, p }) =>
  q.deleteFrom('brand').where('tenant_id', '=', p.tenantId),
);

export async function deleteBrand(tx: Tx, tenantId: TenantId): Promise<void> {
  await deleteOne.run(tx, { tenantId });
}

const selectOwnLogo = statement<{ tenantId: number }>()(({ q, p }) =>
  q.selectFrom('brand').select('logo').where('tenant_id', '=', p.tenantId),
);

/** In place of what was there. @param logo undefined: the one that is there stays. */
export async function replaceBrand(
  tx: Tx,
  tenantId: TenantId,
  brand: Brand,
  logo: Uint8Array | undefined,
  at: number,
): Promise<void> {
  const kept = logo ?? (brand.logo ? ((await selectOwnLogo.first(tx, { tenantId }))?.logo ?? null) : null);
  await deleteBrand(tx, tenantId);
  await insertRows(tx, 'brand', [
    {
      tenant_id: tenantId,
      display_name: brand.displayName,
      logo_kind: brand.logo?.kind ?? null,
      logo: kept,
      logo_hash: brand.logo?.hash ?? null,
      accent_light: brand.accentLight,
      accent_dark: brand.accentDark,
      updated_at: at,
    },
  ]);
}

export interface TenantBrand {
  readonly tenantId: TenantId;
  readonly tenantName: string;
  readonly brand: Brand;
}

const selectEvery = statement<object>()(({ q }) =>
  q
    .selectFrom('tenant')
    .leftJoin('brand', 'brand.tenant_id', 'tenant.id')
    .select(['tenant.id', 'tenant.name', ...brandColumns])
    .orderBy('tenant.id'),
);

export async function selectBrands(tx: Tx): Promise<readonly TenantBrand[]> {
  return (await selectEvery.all(tx, {})).map((row) => ({
    tenantId: asId<TenantId>(row.id),
    tenantName: row.name,
    brand: brandOf(row),
  }));
}

// ── names of hosts ───────────────────────────────────────────────────────────────────────────────────────────────

export interface Hostname {
  readonly name: string;
  readonly tenantId: TenantId;
}

const selectAllNames = statement<object>()(({ q }) =>
  q.selectFrom('hostname').select(['name', 'tenant_id']).orderBy('name'),
);

export async function selectHostnames(tx: Tx): Promise<readonly Hostname[]> {
  return (await selectAllNames.all(tx, {})).map((row) => ({ name: row.name, tenantId: asId<TenantId>(row.tenant_id) }));
}

export async function insertHostname(tx: Tx, { name, tenantId }: Hostname, at: number): Promise<void> {
  await insertRows(tx, 'hostname', [{ name, tenant_id: tenantId, created_at: at }]);
}

const deleteOneName = statement<{ tenantId: number; name: string }>()(({ q, p }) =>
  q.deleteFrom('hostname').where('tenant_id', '=', p.tenantId).where('name', '=', p.name),
);

/** @returns whether it was this tenant's. */
export async function deleteHostname(tx: Tx, { name, tenantId }: Hostname): Promise<boolean> {
  return (await deleteOneName.run(tx, { tenantId, name })) > 0;
}

// ── verification ─────────────────────────────────────────────────────────────────────────────────────────────────

const selectLogos = statement<object>()(({ q }) =>
  q.selectFrom('brand').select(['tenant_id', 'logo', 'logo_hash']).orderBy('tenant_id'),
);

export async function selectAllLogos(
  tx: Tx,
): Promise<readonly { readonly tenantId: number; readonly hash: string | null; readonly octets: Uint8Array | null }[]> {
  const found = await selectLogos.all(tx, {});
  return found.map((row) => ({ tenantId: row.tenant_id, hash: row.logo_hash, octets: row.logo }));
}
