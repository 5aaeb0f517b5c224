/** What one message holds, as the server read it: its texts, its attachments, its addresses. Never changes, so it is kept. */
import { readAddress, type AccountId, type EmailAddress } from '#web/sync/records.ts';
import { expand } from '#web/sync/session.ts';
import { isObject, listOr, numberOr, object, textOr } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export interface Part {
  readonly partId: string | null;
  readonly blobId: string;
  readonly sizeOctets: number;
  readonly name: string | null;
  readonly type: string;
  readonly cid: string | null;
}

export interface BodyText {
  readonly type: 'text/html' | 'text/plain';
  readonly value: string;
  readonly isTruncated: boolean;
}

export interface Content {
  readonly blobId: string;
  /** In order; parts that are neither text nor HTML are shown inline by their type. */
  readonly html: readonly (BodyText | Part)[];
  readonly text: readonly BodyText[];
  readonly hasHtml: boolean;
  readonly attachments: readonly Part[];
  /** Inline parts by content id, for `cid:` addresses. */
  readonly byCid: ReadonlyMap<string, Part>;
  readonly from: readonly EmailAddress[];
  /** Who wrote it, where that is somebody else than From (RFC 5322 §3.6.2). */
  readonly sender: readonly EmailAddress[];
  readonly to: readonly EmailAddress[];
  readonly cc: readonly EmailAddress[];
  readonly bcc: readonly EmailAddress[];
  readonly replyTo: readonly EmailAddress[];
  readonly receivedAt: string;
  readonly subject: string;
}

const peopleProperties = ['from', 'sender', 'to', 'cc', 'bcc', 'replyTo'];
const bodyProperties = ['textBody', 'htmlBody', 'attachments', 'bodyValues'];
/** Longer texts are cut by the server: a browser would not survive them. */
const maxTextOctets = 1_000_000;
const kept = new Map<string, Promise<Content>>();
const messagesKept = 60;

/** @throws what the client throws when the server cannot be reached; nothing is kept then. */
export function loadContent(sync: Sync, accountId: AccountId, emailId: string): Promise<Content> {
  const key = `${accountId} ${emailId}`;
  const known = kept.get(key);
  if (known) return known;
  const loading = fetchContent(sync, accountId, emailId);
  kept.set(key, loading);
  loading.catch(() => kept.delete(key));
  const [oldest] = kept.keys();
  if (kept.size > messagesKept && oldest !== undefined) kept.delete(oldest);
  return loading;
}

async function fetchContent(sync: Sync, accountId: AccountId, emailId: string): Promise<Content> {
  const args = {
    accountId,
    ids: [emailId],
    properties: [...peopleProperties, 'blobId', 'subject', 'receivedAt', ...bodyProperties],
    bodyProperties: ['partId', 'blobId', 'size', 'name', 'type', 'cid'],
    fetchTextBodyValues: true,
    fetchHTMLBodyValues: true,
    maxBodyValueBytes: maxTextOctets,
  };
  const answers = await sync.connection.persist(() => sync.client.request([['Email/get', args, 'get']]));
  const [email] = listOr(answers.of('get')['list'], object);
  if (!email) throw new Error('the message is gone');
  return readContent(email);
}

export function readContent(email: Readonly<Record<string, unknown>>): Content {
  const values = isObject(email['bodyValues']) ? email['bodyValues'] : {};
  const textOf = (part: Part): BodyText | undefined => {
    const value = part.partId === null ? undefined : values[part.partId];
    if (!isObject(value) || !part.type.startsWith('text/')) return undefined;
    return {
      type: part.type === 'text/html' ? 'text/html' : 'text/plain',
      value: textOr(value['value'], ''),
      isTruncated: value['isTruncated'] === true,
    };
  };
  const html = listOr(email['htmlBody'], readPart).map((part) => textOf(part) ?? part);
  const text = listOr(email['textBody'], readPart).flatMap((part) => textOf(part) ?? []);
  const attachments = listOr(email['attachments'], readPart);
  const inline = [...attachments, ...html.filter((part) => 'blobId' in part)];
  const people = (name: string) => listOr(email[name], readAddress);
  return {
    blobId: textOr(email['blobId'], ''),
    html,
    text,
    hasHtml: html.some((part) => part.type === 'text/html'),
    attachments,
    byCid: new Map(inline.flatMap((part) => (part.cid === null ? [] : [[part.cid, part]]))),
    from: people('from'),
    sender: people('sender'),
    to: people('to'),
    cc: people('cc'),
    bcc: people('bcc'),
    replyTo: people('replyTo'),
    receivedAt: textOr(email['receivedAt'], ''),
    subject: textOr(email['subject'], ''),
  };
}

function readPart(value: unknown): Part {
  const it = object(value);
  return {
    partId: textOr(it['partId'], null),
    blobId: textOr(it['blobId'], ''),
    sizeOctets: numberOr(it['size'], 0),
    name: textOr(it['name'], null),
    type: textOr(it['type'], 'application/octet-stream').toLowerCase(),
    cid: textOr(it['cid'], null),
  };
}

/** Where a blob is downloaded from, on our own origin. */
export function blobUrl(
  sync: Sync,
  accountId: AccountId,
  blob: { readonly blobId: string; readonly name: string; readonly type: string },
): string {
  return expand(sync.session()?.downloadUrl ?? '', {
    accountId,
    blobId: blob.blobId,
    name: blob.name,
    type: blob.type,
  });
}
