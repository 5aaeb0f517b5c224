/** Statements: what browsers reported of themselves, for a day. */
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

export async function insertDiagnosis(
  tx: Tx,
  given: { readonly codeHash: string; readonly findings: string; readonly at: number; readonly expiresAt: number },
): Promise<boolean> {
  const { codeHash, findings, at, expiresAt } = given;
  const row = { code_hash: codeHash, findings, created_at: at, expires_at: expiresAt };
  return (await insertRows(tx, 'diagnosis', [row], 'ignore')) > 0;
}

const deleteOld = statement<{ at: number }>()(({ q, p }) => q.deleteFrom('diagnosis').where('expires_at', '<=', p.at));

export async function deleteExpired(tx: Tx, at: number): Promise<void> {
  await deleteOld.run(tx, { at });
}

const selectOne = statement<{ codeHash: string; at: number }>()(({ q, p }) =>
  q
    .selectFrom('diagnosis')
    .select(['findings', 'created_at'])
    .where('code_hash', '=', p.codeHash)
    .where('expires_at', '>', p.at),
);

export async function selectDiagnosis(
  tx: Tx,
  codeHash: string,
  at: number,
): Promise<{ readonly findings: string; readonly createdAt: number } | undefined> {
  const row = await selectOne.first(tx, { codeHash, at });
  return row && { findings: row.findings, createdAt: row.created_at };
}
