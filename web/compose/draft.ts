/**
 * What is being written, as a value: everything the screen shows and the server is told. It survives as JSON (see
 * `packDraft`), so a tab that dies loses nothing. Files on their way to the server are not in it, only those arrived.
 */
import type { Node } from 'prosemirror-model';
import { readAddress } from '#web/sync/records.ts';
import type { EmailAddress } from '#web/sync/records.ts';
import { isObject, listOr, numberOr, object, textOr } from '#web/sync/shape.ts';
import type { Json } from '#web/sync/shape.ts';
import { emptyDocument, readDocument } from './editor/schema.ts';

export type Body = { readonly kind: 'rich'; readonly doc: Node } | { readonly kind: 'plain'; readonly text: string };

/** A file the server has. `cid` is that of a picture in the text, null for what hangs on the message. */
export interface Attachment {
  readonly blobId: string;
  readonly name: string;
  readonly type: string;
  readonly sizeOctets: number;
  readonly cid: string | null;
}

/** What this message does to another: the keyword that one gets once this is sent (RFC 8621 §4.1.1). */
export interface Relation {
  readonly kind: 'reply' | 'forward';
  readonly emailId: string;
}

export interface Draft {
  readonly identityId: string;
  readonly to: readonly EmailAddress[];
  readonly cc: readonly EmailAddress[];
  readonly bcc: readonly EmailAddress[];
  readonly subject: string;
  readonly body: Body;
  readonly attachments: readonly Attachment[];
  readonly relation: Relation | undefined;
  /** Message ids without brackets (RFC 8621 §4.1.2.3). */
  readonly inReplyTo: readonly string[];
  readonly references: readonly string[];
}

export function emptyDraft(identityId: string): Draft {
  return {
    identityId,
    to: [],
    cc: [],
    bcc: [],
    subject: '',
    body: { kind: 'rich', doc: emptyDocument() },
    attachments: [],
    relation: undefined,
    inReplyTo: [],
    references: [],
  };
}

export function packDraft(draft: Draft): Json {
  const address = ({ name, email }: EmailAddress): Json => ({ name, email });
  const body: Json =
    draft.body.kind === 'plain'
      ? { kind: 'plain', text: draft.body.text }
      : { kind: 'rich', doc: JSON.stringify(draft.body.doc.toJSON()) };
  return {
    identityId: draft.identityId,
    to: draft.to.map(address),
    cc: draft.cc.map(address),
    bcc: draft.bcc.map(address),
    subject: draft.subject,
    body,
    attachments: draft.attachments.map((it) => ({ ...it })),
    ...(draft.relation && { relation: { ...draft.relation } }),
    inReplyTo: draft.inReplyTo,
    references: draft.references,
  };
}

/** @throws {ShapeError} when it is no draft. */
export function unpackDraft(value: unknown): Draft {
  const it = object(value);
  const relation = it['relation'];
  return {
    identityId: textOr(it['identityId'], ''),
    to: listOr(it['to'], readAddress),
    cc: listOr(it['cc'], readAddress),
    bcc: listOr(it['bcc'], readAddress),
    subject: textOr(it['subject'], ''),
    body: unpackBody(it['body']),
    attachments: listOr(it['attachments'], readAttachment),
    relation: isObject(relation)
      ? { kind: relation['kind'] === 'forward' ? 'forward' : 'reply', emailId: textOr(relation['emailId'], '') }
      : undefined,
    inReplyTo: listOr(it['inReplyTo'], (id) => textOr(id, '')),
    references: listOr(it['references'], (id) => textOr(id, '')),
  };
}

function unpackBody(value: unknown): Body {
  const it = object(value);
  if (it['kind'] === 'plain') return { kind: 'plain', text: textOr(it['text'], '') };
  const doc: unknown = JSON.parse(textOr(it['doc'], 'null'));
  return { kind: 'rich', doc: readDocument(doc) ?? emptyDocument() };
}

function readAttachment(value: unknown): Attachment {
  const it = object(value);
  return {
    blobId: textOr(it['blobId'], ''),
    name: textOr(it['name'], ''),
    type: textOr(it['type'], 'application/octet-stream'),
    sizeOctets: numberOr(it['sizeOctets'], 0),
    cid: textOr(it['cid'], null),
  };
}

/** Attachments without the pictures of the text. */
export function hangingFiles(draft: Draft): readonly Attachment[] {
  return draft.attachments.filter((it) => it.cid === null);
}
