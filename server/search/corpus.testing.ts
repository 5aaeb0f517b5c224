/** For tests: accounts and emails put straight into the tables, so that search is tested without the verbs above it. */
import { printStructure } from '#formats/message/pack.ts';
import { parseMessage } from '#formats/message/parse.ts';
import { linkBlob, stageBlob } from '#server/store/blobs/store.ts';
import { type AccountId, asId, type EmailId, type TenantId } from '#server/store/ids.ts';
import { changes, insertRows } from '#server/store/statement.ts';
import { type Store, write } from '#server/store/store.ts';

export const tenant = asId<TenantId>(1);

export async function makeAccounts(store: Store, ids: readonly AccountId[]): Promise<void> {
  await write(store, async (tx) => {
    await insertRows(tx, 'tenant', [{ id: tenant, slug: 't', name: 'T', settings: '{}', created_at: 0 }], 'ignore');
    const row = {
      tenant_id: tenant,
      kind: 'person',
      unit_id: null,
      name: 'A',
      email: 'a@example.org',
      state: 'active',
      modseq: 0,
      next_id: 1,
      states: '{}',
      quota_octets: null,
      used_octets: 0,
      email_count: 0,
      seen_is_personal: 0,
      settings: '{}',
      created_at: 0,
    };
    await insertRows(
      tx,
      'account',
      ids.map((id) => ({ id, ...row })),
    );
  });
}

export interface Letter {
  readonly from?: string;
  readonly to?: string;
  readonly cc?: string;
  readonly subject?: string;
  readonly body?: string;
  readonly attachment?: string;
}

export function printLetter(letter: Letter): string {
  const header = [
    `From: ${letter.from ?? 'Ghost <ghost@example.org>'}`,
    ...(letter.to === undefined ? [] : [`To: ${letter.to}`]),
    ...(letter.cc === undefined ? [] : [`Cc: ${letter.cc}`]),
    `Subject: ${letter.subject ?? ''}`,
    'MIME-Version: 1.0',
  ];
  const text = [
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    letter.body ?? '',
    '',
  ];
  if (letter.attachment === undefined) return [...header, ...text].join('\r\n');
  const file = [
    'Content-Type: application/pdf',
    `Content-Disposition: attachment; filename="${letter.attachment}"`,
    '',
    'x',
  ];
  const parts = ['--b', ...text, '--b', ...file, '--b--', ''];
  return [...header, 'Content-Type: multipart/mixed; boundary=b', '', ...parts].join('\r\n');
}

/** Stores one message as an email of an account, due for the index. */
export async function putEmail(
  store: Store,
  accountId: AccountId,
  emailId: EmailId,
  letter: Letter | Uint8Array,
  modseq = 1,
): Promise<void> {
  const octets = letter instanceof Uint8Array ? letter : Buffer.from(printLetter(letter));
  const parsed = parseMessage(octets);
  const staged = await stageBlob(store, octets);
  await write(store, async (tx) => {
    const owner = { accountId, tenantId: tenant, kind: 'email' as const, owner: String(emailId), expiresAt: null };
    await linkBlob(tx, staged, owner, 0);
    const message = {
      tenant_id: tenant,
      hash: staged.hash,
      envelope: JSON.stringify(parsed.envelope),
      structure: printStructure(parsed.structure),
      preview: parsed.preview,
      sent_at: null,
      has_attachment: 0,
      header_fields: null,
    };
    await insertRows(tx, 'message', [message], 'ignore');
    const email = {
      account_id: accountId,
      id: emailId,
      thread_id: emailId,
      hash: staged.hash,
      size_octets: octets.length,
      received_at: 0,
      sent_at: 0,
      subject_key: '',
      from_key: '',
      to_key: '',
      flags: 0,
      keywords: '[]',
      created_modseq: modseq,
      modseq,
      saved_at: 0,
      arrival_id: null,
    };
    await insertRows(tx, 'email', [email]);
    await insertRows(tx, 'search_due', [{ account_id: accountId, email_id: emailId, modseq }], 'ignore');
  });
}

/** Destroys an email as mail/destroy does: the row goes, and the index is told. */
export async function dropEmail(store: Store, accountId: AccountId, emailId: EmailId, modseq: number): Promise<void> {
  await write(store, async (tx) => {
    await changes(tx, tx.q.deleteFrom('email').where('account_id', '=', accountId).where('id', '=', emailId));
    await changes(
      tx,
      tx.q.deleteFrom('search_due').where('account_id', '=', accountId).where('email_id', '=', emailId),
    );
    await insertRows(tx, 'search_due', [{ account_id: accountId, email_id: emailId, modseq }]);
  });
}
