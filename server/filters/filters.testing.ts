/** For the tests of this noun: an academy whose people have scripts, and mail that comes from elsewhere. */
import { randomUUIDv7 } from 'node:crypto';

import type { DeliveredEach } from '#server/delivery/deliver.ts';
import { receiveFromFront } from '#server/delivery/receive.ts';
import { findRecipient, type Recipient } from '#server/delivery/recipient.ts';
import { readPassports } from '#server/mail/emails/passport.ts';
import { openBlob } from '#server/store/blobs/store.ts';
import { type AccountId, asBlobHash, asId, type EmailId } from '#server/store/ids.ts';
import { rows } from '#server/store/statement.ts';
import { read } from '#server/store/store.ts';
import type { TestAcademy, TestSender } from '#server/submission/sender.testing.ts';

import { activateScript, putScript } from './scripts/change.ts';

export interface StoredEmail {
  readonly id: EmailId;
  /** Names of the mailboxes it is in. */
  readonly mailboxes: readonly string[];
  readonly flags: number;
  readonly keywords: readonly string[];
  readonly text: string;
  /** What filters wrote in its passport. */
  readonly stops: readonly Readonly<Record<string, unknown>>[];
}

/** A message to `to` from elsewhere, with CRLF. */
export function messageTo(to: string, more: Readonly<Record<string, string>> = {}, body = 'Bonjour.'): string {
  const fields = {
    From: 'Zoé <zoe@elsewhere.example>',
    To: to,
    Subject: 'Une question',
    Date: 'Mon, 23 Nov 2026 09:00:00 +0100',
    'Message-ID': `<${randomUUIDv7()}@elsewhere.example>`,
    ...more,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return [...lines, '', body, ''].join('\r\n');
}

/** Puts and activates a script. */
export async function useScript({ store }: TestAcademy, owner: TestSender, script: string): Promise<void> {
  const content = Buffer.from(script);
  await putScript(store, owner.actor, owner.accountId, { name: 'filtre', content, origin: 'jmap' });
  await activateScript(store, owner.actor, owner.accountId, { kind: 'name', name: 'filtre' });
}

/** By LMTP. */
export async function receive(
  { store }: TestAcademy,
  message: string,
  to: string | readonly string[],
  mailFrom = 'zoe@elsewhere.example',
): Promise<readonly DeliveredEach[]> {
  const recipients: Recipient[] = [];
  for (const address of [to].flat()) {
    const found = await findRecipient(store, address, message.length);
    if (found.kind === 'here') recipients.push(found);
  }
  const sender = {
    mailFrom,
    remoteAddress: '192.0.2.1',
    helloName: 'mx.elsewhere.example',
    tls: null,
    protocol: 'LMTP',
  };
  return (await receiveFromFront(store, Buffer.from(message), sender, recipients)).outcomes;
}

/** Every email of an account, the oldest first. */
export async function emailsOf({ store, tenantId }: TestAcademy, owner: TestSender): Promise<readonly StoredEmail[]> {
  const { accountId } = owner;
  const found = await read(store, (tx) =>
    rows(tx, tx.q.selectFrom('email').selectAll().where('account_id', '=', accountId).orderBy('id')),
  );
  const places = await read(store, (tx) => placesOf(tx, accountId));
  const emails: StoredEmail[] = [];
  for (const row of found) {
    const id = asId<EmailId>(row.id);
    const [passport] = await readPassports(store, owner.actor, accountId, [id]);
    const blob = await openBlob(store, tenantId, asBlobHash(row.hash));
    emails.push({
      id,
      mailboxes: places.filter(({ email_id }) => email_id === row.id).map(({ name }) => name),
      flags: row.flags,
      keywords: JSON.parse(row.keywords),
      text: Buffer.from((await blob?.bytes()) ?? []).toString(),
      stops: (passport?.stops ?? []).map(({ details }) => JSON.parse(details)),
    });
  }
  return emails;
}

function placesOf(tx: Parameters<Parameters<typeof read>[1]>[0], accountId: AccountId) {
  return rows(
    tx,
    tx.q
      .selectFrom('mailbox_email')
      .innerJoin('mailbox', (join) =>
        join
          .onRef('mailbox.account_id', '=', 'mailbox_email.account_id')
          .onRef('mailbox.id', '=', 'mailbox_email.mailbox_id'),
      )
      .select(['mailbox_email.email_id', 'mailbox.name'])
      .where('mailbox_email.account_id', '=', accountId)
      .orderBy('mailbox.name'),
  );
}
