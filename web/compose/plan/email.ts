/**
 * A draft as the Email that the server makes of it (RFC 8621 §4.6): text part always, HTML part where there is
 * formatting, pictures of the text as inline parts, files as attachments.
 */
import type { Node } from 'prosemirror-model';
import type { EmailAddress, Identity } from '#web/sync/records.ts';
import type { Json, JsonObject } from '#web/sync/shape.ts';
import type { Attachment, Draft, Relation } from '#web/compose/draft.ts';
import { imageOf } from '#web/compose/editor/schema.ts';
import { printHtml } from '#web/compose/html/print.ts';
import { printText } from '#web/compose/html/text.ts';
import { isAddress } from './recipients.ts';

/** On drafts only, never on what is sent: what the draft answers, so that it can be taken up again. */
export const draftField = 'header:X-Pli-Draft:asText';

export interface EmailPlan {
  readonly draft: Draft;
  readonly identity: Pick<Identity, 'name' | 'email' | 'replyTo'>;
  readonly draftsId: string;
  /** Without brackets. The same for every version, so that a version saved by a request whose answer was lost is found. */
  readonly messageId: string;
  readonly isFinal: boolean;
}

export function planEmail({ draft, identity, draftsId, messageId, isFinal }: EmailPlan): JsonObject {
  const { body, subject, relation } = draft;
  const isRich = body.kind === 'rich';
  const text = isRich ? printText(body.doc) : body.text;
  const files = usedAttachments(draft);
  return {
    mailboxIds: { [draftsId]: true },
    keywords: { $draft: true, $seen: true },
    from: [{ name: identity.name === '' ? null : identity.name, email: identity.email }],
    ...(identity.replyTo.length > 0 && { replyTo: identity.replyTo.map(addressJson) }),
    ...addressesJson('to', draft.to),
    ...addressesJson('cc', draft.cc),
    ...addressesJson('bcc', draft.bcc),
    subject,
    messageId: [messageId],
    ...(draft.inReplyTo.length > 0 && { inReplyTo: draft.inReplyTo }),
    ...(draft.references.length > 0 && { references: draft.references }),
    ...(!isFinal && { [draftField]: printRelation(relation) }),
    bodyValues: { text: { value: text }, ...(isRich && { html: { value: printHtml(body.doc) } }) },
    textBody: [{ partId: 'text', type: 'text/plain' }],
    ...(isRich && { htmlBody: [{ partId: 'html', type: 'text/html' }] }),
    ...(files.length > 0 && { attachments: files.map(attachmentJson) }),
  };
}

/** Pictures that are no longer in the text do not travel. */
export function usedAttachments({ attachments, body }: Pick<Draft, 'attachments' | 'body'>): readonly Attachment[] {
  const used = body.kind === 'rich' ? cidsOf(body.doc) : new Set<string>();
  return attachments.filter(({ cid }) => cid === null || used.has(cid));
}

export function cidsOf(doc: Node): ReadonlySet<string> {
  const cids = new Set<string>();
  doc.descendants((node) => {
    const cid = node.type.name === 'image' ? imageOf(node).cid : null;
    if (cid !== null) cids.add(cid);
  });
  return cids;
}

function attachmentJson({ blobId, type, name, cid }: Attachment): Json {
  return { blobId, type, name, disposition: cid === null ? 'attachment' : 'inline', ...(cid !== null && { cid }) };
}

function addressesJson(name: string, addresses: readonly EmailAddress[]): JsonObject {
  return addresses.length > 0 ? { [name]: addresses.map(addressJson) } : {};
}

const addressJson = ({ name, email }: EmailAddress): Json => ({ name, email });

export function printRelation(relation: Relation | undefined): string {
  return relation ? `${relation.kind} ${relation.emailId}` : 'new';
}

export function readRelation(value: string | null): Relation | undefined {
  const [, kind, emailId] = /^(reply|forward) ([A-Za-z0-9_-]{1,255})$/.exec(value?.trim() ?? '') ?? [];
  if (emailId === undefined) return undefined;
  return { kind: kind === 'forward' ? 'forward' : 'reply', emailId };
}

/** Why a draft cannot be sent, or should be looked at again before it is. */
export interface Check {
  readonly invalid: readonly EmailAddress[];
  readonly hasRecipient: boolean;
  readonly hasSubject: boolean;
}

export function checkDraft(draft: Draft): Check {
  const all = [...draft.to, ...draft.cc, ...draft.bcc];
  return {
    invalid: all.filter(({ email }) => !isAddress(email)),
    hasRecipient: all.length > 0,
    hasSubject: draft.subject.trim() !== '',
  };
}

/** RFC 8621 §7: the envelope, each recipient once. HOLDFOR is RFC 4865 §5, in seconds. */
export function planEnvelope(draft: Draft, from: string, holdSeconds: number): JsonObject {
  const recipients = new Map([...draft.to, ...draft.cc, ...draft.bcc].map(({ email }) => [email.toLowerCase(), email]));
  return {
    mailFrom: { email: from, parameters: holdSeconds > 0 ? { HOLDFOR: String(holdSeconds) } : null },
    rcptTo: [...recipients.values()].map((email) => ({ email, parameters: null })),
  };
}
