/** Fetches a message as far as writing needs it: the one that is answered, forwarded, or gone on with. */
import { readAddress } from '#web/sync/records.ts';
import type { AccountId } from '#web/sync/records.ts';
import { isObject, listOr, numberOr, object, text, textOr } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';
import type { Attachment } from './draft.ts';
import { draftField } from './plan/email.ts';
import type { Answered } from './plan/reply.ts';

export interface Source extends Answered {
  readonly id: string;
  readonly blobId: string;
  /** ISO 8601; when it was sent, else when it came. */
  readonly sentAt: string;
  /** What is shown first: HTML where there is some. */
  readonly html: string | undefined;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly sizeOctets: number;
  /** On drafts of ours: see plan/email.ts. */
  readonly draftMark: string | null;
  readonly keywords: Readonly<Record<string, unknown>>;
}

const listPost = 'header:List-Post:asURLs';
const deliveredTo = 'header:Delivered-To:asText:all';
const originalTo = 'header:X-Original-To:asText:all';

const properties = [
  'id',
  'blobId',
  'size',
  'keywords',
  'from',
  'replyTo',
  'to',
  'cc',
  'bcc',
  'subject',
  'sentAt',
  'receivedAt',
  'messageId',
  'inReplyTo',
  'references',
  'textBody',
  'htmlBody',
  'attachments',
  'bodyValues',
  listPost,
  deliveredTo,
  originalTo,
  draftField,
];

/** @returns undefined where the message no longer exists. @throws as Client.request does. */
export async function fetchSource(sync: Sync, accountId: AccountId, emailId: string): Promise<Source | undefined> {
  const args = {
    accountId,
    ids: [emailId],
    properties,
    bodyProperties: ['partId', 'blobId', 'type', 'name', 'size', 'cid', 'disposition'],
    fetchTextBodyValues: true,
    fetchHTMLBodyValues: true,
    maxBodyValueBytes: 2_000_000,
  };
  const answers = await sync.connection.persist(() => sync.client.request([['Email/get', args, 'get']]));
  const [found] = listOr(answers.of('get')['list'], object);
  return found && readSource(found);
}

function readSource(it: Readonly<Record<string, unknown>>): Source {
  const values = isObject(it['bodyValues']) ? it['bodyValues'] : {};
  const textParts = listOr(it['textBody'], readPart);
  const htmlParts = listOr(it['htmlBody'], readPart);
  const valueOf = ({ partId }: Part) => {
    const value = values[partId ?? ''];
    return isObject(value) ? textOr(value['value'], '') : '';
  };
  const isHtml = htmlParts.some(({ type }) => type === 'text/html');
  const shown = htmlParts.filter(({ type }) => type.startsWith('image/') && type !== 'image/svg+xml');
  const strings = (value: unknown) => listOr(value, (item) => textOr(item, ''));
  return {
    id: text(it['id']),
    blobId: textOr(it['blobId'], ''),
    sizeOctets: numberOr(it['size'], 0),
    keywords: isObject(it['keywords']) ? it['keywords'] : {},
    from: listOr(it['from'], readAddress),
    replyTo: listOr(it['replyTo'], readAddress),
    to: listOr(it['to'], readAddress),
    cc: listOr(it['cc'], readAddress),
    bcc: listOr(it['bcc'], readAddress),
    subject: textOr(it['subject'], ''),
    sentAt: textOr(it['sentAt'], textOr(it['receivedAt'], '')),
    messageId: strings(it['messageId']),
    inReplyTo: strings(it['inReplyTo']),
    references: strings(it['references']),
    listPost: strings(it[listPost]).flatMap((url) => /^mailto:([^?]+)/i.exec(url)?.[1] ?? []),
    deliveredTo: [...strings(it[deliveredTo]), ...strings(it[originalTo])],
    html: isHtml ? htmlParts.map((part) => htmlOf(part, valueOf(part))).join('\n') : undefined,
    text: textParts.map((part) => (part.type.startsWith('text/') ? valueOf(part) : '')).join('\n'),
    attachments: [...listOr(it['attachments'], readPart), ...shown].flatMap(attachmentOf),
    draftMark: textOr(it[draftField], null),
  };
}

/** A part of text/plain between HTML parts is shown as it is. */
function htmlOf({ type, cid }: Part, value: string): string {
  if (type === 'text/html') return value;
  if (type.startsWith('image/')) return cid === null ? '' : `<p><img src="cid:${cid.replaceAll('"', '')}"></p>`;
  return `<pre>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</pre>`;
}

interface Part {
  readonly partId: string | null;
  readonly blobId: string | null;
  readonly type: string;
  readonly name: string | null;
  readonly sizeOctets: number;
  readonly cid: string | null;
}

function readPart(value: unknown): Part {
  const it = object(value);
  return {
    partId: textOr(it['partId'], null),
    blobId: textOr(it['blobId'], null),
    type: textOr(it['type'], 'application/octet-stream'),
    name: textOr(it['name'], null),
    sizeOctets: numberOr(it['size'], 0),
    cid: textOr(it['cid'], null),
  };
}

function attachmentOf({ blobId, type, name, sizeOctets, cid }: Part): readonly Attachment[] {
  if (blobId === null) return [];
  const fallback = type === 'message/rfc822' ? 'message.eml' : type.replace('/', '.');
  return [{ blobId, type, name: name ?? fallback, sizeOctets, cid }];
}
