/** Linking many blobs at once: what linkBlob does one by one, a set a statement. */
import { sql } from 'kysely';

import type { AccountId } from '#server/store/ids.ts';
import { insertRows, rows, statement, type Tx } from '#server/store/statement.ts';
import type { StagedBlob } from './stage.ts';
import { type BlobOwner, blobRow } from './store.ts';

export interface BlobToLink {
  readonly staged: StagedBlob;
  readonly owner: BlobOwner;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const selectKnown = statement<{ tenantId: number; hashes: readonly string[] }>()(({ q, p, anyOf }) =>
  q.selectFrom('blob').select('hash').where('tenant_id', '=', p.tenantId).where(anyOf('hash', p.hashes)),
);

/** Makes each blob durable with the transaction and gives it its owner. All owners are of one tenant. */
export async function linkBlobs(tx: Tx, links: readonly BlobToLink[]): Promise<void> {
  const tenantId = links[0]?.owner.tenantId;
  if (tenantId === undefined) return;
  const byHash = new Map(links.map((link) => [link.staged.hash, link]));
  const known = await selectKnown.all(tx, { tenantId, hashes: [...byHash.keys()] });
  const hashes = new Set<string>(known.map(({ hash }) => hash));
  // In the order of their hashes, so that two transactions that bring the same blobs wait for each other in turn.
  const fresh = [...byHash.values()]
    .filter(({ staged }) => !hashes.has(staged.hash))
    .sort((a, b) => (a.staged.hash < b.staged.hash ? -1 : 1));
  await insertRows(
    tx,
    'blob',
    fresh.map(({ staged, at }) => blobRow(staged, tenantId, at)),
    'ignore',
  );
  await insertRows(
    tx,
    'blob_link',
    links.map(({ staged, owner }) => ({
      account_id: owner.accountId,
      hash: staged.hash,
      kind: owner.kind,
      owner: owner.owner,
      tenant_id: tenantId,
      expires_at: owner.expiresAt,
    })),
    'ignore',
  );
}

/** Where the rows of these blobs say that their octets are: what was staged elsewhere is nobody's. */
export async function selectStoredBlobs(
  tx: Tx,
  links: readonly { readonly accountId: AccountId; readonly staged: StagedBlob }[],
): Promise<ReadonlySet<string>> {
  const hashes = links.map(({ staged }) => staged.hash);
  const accountIds = [...new Set(links.map(({ accountId }) => accountId))];
  const found = await rows(
    tx,
    sql<{ location: string }>`select distinct blob.location from blob_link
      join blob on blob.tenant_id = blob_link.tenant_id and blob.hash = blob_link.hash
      where ${tx.anyOf('blob_link.account_id', accountIds)} and ${tx.anyOf('blob_link.hash', hashes)}
        and blob.location is not null`,
  );
  return new Set(found.map(({ location }) => location));
}
