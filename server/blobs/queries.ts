/** What an account's people have uploaded and not yet used. */
import { type AccountId } from '#server/store/ids.ts';
import { statement, type Tx } from '#server/store/statement.ts';

const sumUploads = statement<{ accountId: number; owner: string; now: number }>()(({ q, p }) =>
  q
    .selectFrom('blob_link')
    .innerJoin('blob', (join) =>
      join.onRef('blob.tenant_id', '=', 'blob_link.tenant_id').onRef('blob.hash', '=', 'blob_link.hash'),
    )
    .select(({ fn }) => [fn.countAll<number>().as('files'), fn.sum<number | null>('blob.size_octets').as('octets')])
    .where('blob_link.account_id', '=', p.accountId)
    .where('blob_link.kind', '=', 'upload')
    .where('blob_link.owner', '=', p.owner)
    .where('blob_link.expires_at', '>', p.now),
);

export interface Uploaded {
  readonly files: number;
  readonly octets: number;
}

export async function selectUploaded(tx: Tx, accountId: AccountId, owner: string, now: number): Promise<Uploaded> {
  const row = await sumUploads.first(tx, { accountId, owner, now });
  return { files: row?.files ?? 0, octets: row?.octets ?? 0 };
}
