/** What a FETCH needs: which answers the view gives at once, what must be read beside it, what marks an email as seen. */
import { printDateTime } from '#formats/imap/date.ts';
import type { FetchBinary, FetchItem, FetchSection } from '#formats/imap/fetch.ts';
import { printStoredEnvelope } from '#formats/imap/print-envelope.ts';
import { printStoredStructure } from '#formats/imap/print-structure.ts';
import { printString } from '#formats/imap/string.ts';
import { isListedField } from '#formats/message/listed.ts';
import type { Columns } from '#server/mail/view/columns.ts';
import type { DetailWants, EmailDetails } from '#server/mail/view/details.ts';
import { printEmailId, printThreadId } from '#server/protocols/imap/session.ts';

import { listedHeader } from './fields.ts';
import { flagsAt } from './flags.ts';

/** An item whose answer is octets of the message. */
export type OctetItem = FetchSection | FetchBinary | Extract<FetchItem, { readonly kind: 'binarySize' }>;

export type PlannedItem =
  | { readonly kind: 'view'; readonly print: (columns: Columns, at: number) => string }
  /** Follows from the email's row. */
  | { readonly kind: 'row'; readonly print: (details: EmailDetails) => string }
  /** Follows from the message alone, and is therefore kept under `key`; undefined: it must be cut out of the octets. */
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly print: (details: EmailDetails) => string | undefined;
      readonly item: OctetItem | undefined;
    }
  | { readonly kind: 'octets'; readonly item: OctetItem };

export interface FetchPlan {
  /** In the order asked for. */
  readonly items: readonly PlannedItem[];
  /** What is read of every email; undefined: nothing but what is not kept of `message` items. */
  readonly wants: DetailWants | undefined;
  /** What is read of emails of which not all is kept. */
  readonly wantsMessage: DetailWants;
  readonly marksSeen: boolean;
}

export function planFetch(asked: readonly FetchItem[], isUtf8: boolean): FetchPlan {
  const items = asked.map((item) => planItem(item, isUtf8));
  const cuts = items.filter((item) => item.kind === 'octets').map(({ item }) => item);
  const kinds = new Set(asked.map(({ kind }) => kind));
  const always: DetailWants = {
    envelope: false,
    structure: cuts.some(needsStructure),
    preview: kinds.has('preview'),
    headerFields: false,
    blob: cuts.some(({ kind }) => kind !== 'binarySize'),
  };
  const needsRow = items.some(({ kind }) => kind === 'row' || kind === 'octets');
  return {
    items,
    wants: needsRow ? always : undefined,
    wantsMessage: {
      ...always,
      envelope: kinds.has('envelope'),
      structure: always.structure || kinds.has('body') || kinds.has('bodyStructure'),
      headerFields: asked.some(isListed),
    },
    marksSeen: asked.some((item) => (item.kind === 'section' || item.kind === 'binary') && !item.isPeek),
  };
}

/** HEADER.FIELDS of fields that are kept beside the message. */
function isListed(item: FetchItem): item is FetchSection {
  if (item.kind !== 'section') return false;
  const { path, text } = item.section;
  return path.length === 0 && text.kind === 'headerFields' && text.names.every(isListedField);
}

/** Where a part begins stands in the structure; the message itself begins at its beginning. */
function needsStructure(item: OctetItem): boolean {
  if (item.kind !== 'section') return true;
  return item.section.path.length > 0 || item.section.text.kind !== 'all';
}

function planItem(item: FetchItem, isUtf8: boolean): PlannedItem {
  switch (item.kind) {
    case 'uid':
      return { kind: 'view', print: ({ uids }, at) => `UID ${uids[at] ?? 0}` };
    case 'flags':
      return { kind: 'view', print: (columns, at) => `FLAGS ${flagsAt(columns, at)}` };
    case 'internalDate':
      return { kind: 'view', print: ({ receivedAt }, at) => `INTERNALDATE ${printDateTime(receivedAt[at] ?? 0)}` };
    case 'size':
      return { kind: 'view', print: ({ sizesOctets }, at) => `RFC822.SIZE ${sizesOctets[at] ?? 0}` };
    case 'modseq':
      return { kind: 'view', print: ({ modseqs }, at) => `MODSEQ (${modseqs[at] ?? 0})` };
    case 'emailId':
      return { kind: 'view', print: ({ emailIds }, at) => `EMAILID (${printEmailId(emailIds[at] ?? 0)})` };
    case 'threadId':
      return { kind: 'row', print: ({ threadId }) => `THREADID (${printThreadId(threadId)})` };
    case 'saveDate':
      return { kind: 'row', print: ({ savedAt }) => `SAVEDATE ${printDateTime(savedAt)}` };
    case 'preview':
      return { kind: 'row', print: ({ preview }) => `PREVIEW ${printString(preview, isUtf8)}` };
    case 'envelope':
      return ofMessage(
        isUtf8 ? 'envelope8' : 'envelope',
        (details) => `ENVELOPE ${printStoredEnvelope(details.envelope, isUtf8)}`,
      );
    case 'body':
      return ofMessage('body', ({ structure }) => `BODY ${printStoredStructure(structure, false)}`);
    case 'bodyStructure':
      return ofMessage('bodyStructure', ({ structure }) => `BODYSTRUCTURE ${printStoredStructure(structure, true)}`);
    case 'section':
      if (!isListed(item) || item.partial) return { kind: 'octets', item };
      return {
        ...ofMessage(item.label, ({ headerFields }) => headerFields && printListed(item, headerFields)),
        item,
      };
    case 'binary':
    case 'binarySize':
      return { kind: 'octets', item };
    default:
      return item satisfies never;
  }
}

type MessageItem = Extract<PlannedItem, { readonly kind: 'message' }>;

function ofMessage(key: string, print: (details: EmailDetails) => string | null): MessageItem {
  return { kind: 'message', key, print: (details) => print(details) ?? undefined, item: undefined };
}

/** A listed HEADER.FIELDS from the kept fields. */
function printListed({ label, section: { text } }: FetchSection, kept: Uint8Array): string {
  const octets = listedHeader(kept, text.kind === 'headerFields' ? text.names : []);
  return `${label} {${octets.length}}\r\n${octets}`;
}
