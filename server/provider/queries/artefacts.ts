/** Statements: codes, tokens, grants, sessions and whatever else is under way between a client and us. */
import { asId, type PersonId, type TenantId } from '#server/store/ids.ts';
import type { OpenidArtefactTable } from '#server/store/schema-provider.ts';
import { insertRows, statement, type Tx } from '#server/store/statement.ts';

export interface ArtefactRow {
  readonly kind: string;
  readonly idHash: string;
  readonly tenantId: TenantId | null;
  readonly personId: PersonId | null;
  readonly clientId: string | null;
  /** The grant it came from; of a grant, its own. */
  readonly grantId: string | null;
  readonly uidHash: string | null;
  /** Of a session of ours, with which it ends. */
  readonly sessionId: string | null;
  readonly payload: string;
  /** Milliseconds since 1970, as all times here. */
  readonly consumedAt: number | null;
  readonly createdAt: number;
  readonly expiresAt: number;
}

function artefact(row: OpenidArtefactTable): ArtefactRow {
  return {
    kind: row.kind,
    idHash: row.id_hash,
    tenantId: row.tenant_id === null ? null : asId<TenantId>(row.tenant_id),
    personId: row.person_id === null ? null : asId<PersonId>(row.person_id),
    clientId: row.client_id,
    grantId: row.grant_id,
    uidHash: row.uid_hash,
    sessionId: row.session_id,
    payload: row.payload,
    consumedAt: row.consumed_at,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}

const update = statement<{
  kind: string;
  idHash: string;
  tenantId: number | null;
  personId: number | null;
  sessionId: string | null;
  payload: string;
  expiresAt: number;
}>()(({ q, p }) =>
  q
    .updateTable('openid_artefact')
    .set((eb) => ({
      tenant_id: p.tenantId,
      person_id: p.personId,
      session_id: eb.fn.coalesce(eb.val(p.sessionId), 'session_id'),
      payload: p.payload,
      expires_at: p.expiresAt,
    }))
    .where('kind', '=', p.kind)
    .where('id_hash', '=', p.idHash),
);

/** Keeps the session it was bound to when none is given. */
export async function upsertArtefact(tx: Tx, row: ArtefactRow): Promise<void> {
  const { kind, idHash, tenantId, personId, sessionId, payload, expiresAt } = row;
  if ((await update.run(tx, { kind, idHash, tenantId, personId, sessionId, payload, expiresAt })) > 0) return;
  await insertRows(tx, 'openid_artefact', [
    {
      kind,
      id_hash: idHash,
      tenant_id: tenantId,
      person_id: personId,
      client_id: row.clientId,
      grant_id: row.grantId,
      uid_hash: row.uidHash,
      session_id: sessionId,
      payload,
      consumed_at: row.consumedAt,
      created_at: row.createdAt,
      expires_at: expiresAt,
    },
  ]);
}

const selectById = statement<{ kind: string; idHash: string; at: number }>()(({ q, p }) =>
  q
    .selectFrom('openid_artefact')
    .selectAll()
    .where('kind', '=', p.kind)
    .where('id_hash', '=', p.idHash)
    .where('expires_at', '>', p.at),
);

export async function selectArtefact(
  tx: Tx,
  kind: string,
  idHash: string,
  at: number,
): Promise<ArtefactRow | undefined> {
  const row = await selectById.first(tx, { kind, idHash, at });
  return row && artefact(row);
}

const selectByUid = statement<{ uidHash: string; at: number }>()(({ q, p }) =>
  q
    .selectFrom('openid_artefact')
    .selectAll()
    .where('uid_hash', '=', p.uidHash)
    .where('uid_hash', 'is not', null)
    .where('expires_at', '>', p.at),
);

export async function selectArtefactByUid(tx: Tx, uidHash: string, at: number): Promise<ArtefactRow | undefined> {
  const row = await selectByUid.first(tx, { uidHash, at });
  return row && artefact(row);
}

const consumeById = statement<{ kind: string; idHash: string; at: number }>()(({ q, p }) =>
  q
    .updateTable('openid_artefact')
    .set({ consumed_at: p.at })
    .where('kind', '=', p.kind)
    .where('id_hash', '=', p.idHash)
    .where('consumed_at', 'is', null),
);

/** @returns whether this was the first time. */
export async function updateConsumed(tx: Tx, kind: string, idHash: string, at: number): Promise<boolean> {
  return (await consumeById.run(tx, { kind, idHash, at })) > 0;
}

const deleteById = statement<{ kind: string; idHash: string }>()(({ q, p }) =>
  q.deleteFrom('openid_artefact').where('kind', '=', p.kind).where('id_hash', '=', p.idHash),
);

export async function deleteArtefact(tx: Tx, kind: string, idHash: string): Promise<void> {
  await deleteById.run(tx, { kind, idHash });
}

const deleteOfGrant = statement<{ grantId: string }>()(({ q, p }) =>
  q.deleteFrom('openid_artefact').where('grant_id', '=', p.grantId).where('grant_id', 'is not', null),
);

/** The grant and all that came from it. */
export async function deleteByGrant(tx: Tx, grantId: string): Promise<void> {
  await deleteOfGrant.run(tx, { grantId });
}

const deleteKindOfGrant = statement<{ kind: string; grantId: string }>()(({ q, p }) =>
  q
    .deleteFrom('openid_artefact')
    .where('grant_id', '=', p.grantId)
    .where('grant_id', 'is not', null)
    .where('kind', '=', p.kind),
);

export async function deleteKindByGrant(tx: Tx, kind: string, grantId: string): Promise<void> {
  await deleteKindOfGrant.run(tx, { kind, grantId });
}

const deleteOfPerson = statement<{ tenantId: number; personId: number; clientId: string }>()(({ q, p }) =>
  q
    .deleteFrom('openid_artefact')
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('client_id', '=', p.clientId),
);

export function deleteByPersonAndClient(
  tx: Tx,
  { tenantId, personId }: { readonly tenantId: TenantId; readonly personId: PersonId },
  clientId: string,
): Promise<number> {
  return deleteOfPerson.run(tx, { tenantId, personId, clientId });
}

const selectSessionsOf = statement<{ tenantId: number; personId: number; at: number }>()(({ q, p }) =>
  q
    .selectFrom('openid_artefact')
    .selectAll()
    .where('tenant_id', '=', p.tenantId)
    .where('person_id', '=', p.personId)
    .where('kind', '=', 'Session')
    .where('expires_at', '>', p.at),
);

/** The sessions clients have of a person. */
export async function selectSessionsOfPerson(
  tx: Tx,
  { tenantId, personId }: { readonly tenantId: TenantId; readonly personId: PersonId },
  at: number,
): Promise<readonly ArtefactRow[]> {
  return (await selectSessionsOf.all(tx, { tenantId, personId, at })).map(artefact);
}

const selectOrphans = statement<{ at: number; idleSince: number; limit: number }>()(({ q, p }) =>
  q
    .selectFrom('openid_artefact')
    .leftJoin('session', (join) =>
      join
        .onRef('session.tenant_id', '=', 'openid_artefact.tenant_id')
        .onRef('session.person_id', '=', 'openid_artefact.person_id')
        .onRef('session.id', '=', 'openid_artefact.session_id')
        .on('session.expires_at', '>', p.at)
        .on('session.seen_at', '>', p.idleSince),
    )
    .selectAll('openid_artefact')
    .where('openid_artefact.kind', '=', 'Session')
    .where('openid_artefact.session_id', 'is not', null)
    .where('session.id', 'is', null)
    .limit(p.limit),
);

/** The sessions of clients whose session of ours has ended, by whatever. */
export async function selectOrphanSessions(
  tx: Tx,
  given: { readonly at: number; readonly idleSince: number; readonly limit: number },
): Promise<readonly ArtefactRow[]> {
  return (await selectOrphans.all(tx, given)).map(artefact);
}

const sweep = statement<{ at: number }>()(({ q, p }) =>
  q.deleteFrom('openid_artefact').where('expires_at', '<=', p.at),
);

/** Takes away what has ended. @returns how many. */
export function deleteExpiredArtefacts(tx: Tx, at: number): Promise<number> {
  return sweep.run(tx, { at });
}
