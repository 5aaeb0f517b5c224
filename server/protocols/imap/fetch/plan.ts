/** What a FETCH needs: which answers the view gives at once, what must be read beside it, what marks an email as seen. */
import type { FetchBinary, FetchItem, FetchSection } from '#formats/imap/fetch.ts';
import { printDateTime } from '#formats/imap/date.ts';
import { printStoredEnvelope } from '#formats/imap/print-envelope.ts';
import { printStoredStructure } from '#formats/imap/print-structure.ts';
import { printString } from '#formats/imap/string.ts';
import { isListedField } from '#formats/message/listed.ts';
import type { Columns } from '#server/mail/view/columns.ts';
import type { DetailWants, EmailDetails } from '#server/mail/view/details.ts';
import { printEmailId, printThreadId } from '#server/protocols/imap/session.ts';

import { listedHeader } from './fields.ts';
import { flagsAt } from './flags.ts';

/** Prints one item of one email, with its name. */
export type PrintItem = (columns: Columns, at: number, details: EmailDetails) => string;

/** An item whose answer is octets of the message. */
export type OctetItem = FetchSection | FetchBinary | Extract<FetchItem, { readonly kind: 'binarySize' }>;

export interface FetchPlan {
  /** In the order asked for: a printer where the answer is short, else what is to be cut out of the message. */
  readonly items: readonly (PrintItem | OctetItem)[];
  readonly isTextOnly: boolean;
  /** Undefined: the view knows everything. */
  readonly wants: DetailWants | undefined;
  readonly marksSeen: boolean;
}

export function planFetch(asked: readonly FetchItem[], isUtf8: boolean): FetchPlan {
  const items = asked.map((item) => printerOf(item, isUtf8) ?? item);
  const kinds = new Set(asked.map((item) => item.kind));
  const cuts = items.filter((item) => typeof item !== 'function').filter(isOctetItem);
  const listed = asked.filter(isListed);
  const wants: DetailWants = {
    envelope: kinds.has('envelope'),
    structure: kinds.has('body') || kinds.has('bodyStructure') || cuts.some(needsStructure),
    preview: kinds.has('preview'),
    headerFields: listed.length > 0,
    // Listed fields that were not kept are read from the message, one by one: it is the exception.
    blob: cuts.some((item) => item.kind !== 'binarySize' && !isListed(item)),
  };
  const needsRow = Object.values(wants).includes(true) || kinds.has('threadId') || kinds.has('saveDate');
  return {
    items: items.filter((item): item is PrintItem | OctetItem => typeof item === 'function' || isOctetItem(item)),
    isTextOnly: cuts.length === 0,
    wants: needsRow ? wants : undefined,
    marksSeen: asked.some((item) => (item.kind === 'section' || item.kind === 'binary') && !item.isPeek),
  };
}

function isOctetItem(item: FetchItem): item is OctetItem {
  return item.kind === 'section' || item.kind === 'binary' || item.kind === 'binarySize';
}

/** HEADER.FIELDS of fields that are kept beside the message. */
export function isListed(item: FetchItem): item is FetchSection & {
  readonly section: { readonly text: { readonly kind: 'headerFields' } };
} {
  return (
    item.kind === 'section' &&
    item.section.path.length === 0 &&
    item.section.text.kind === 'headerFields' &&
    item.section.text.names.every(isListedField)
  );
}

/** Where a part begins stands in the structure; the message itself begins at its beginning. */
function needsStructure(item: OctetItem): boolean {
  if (isListed(item)) return false;
  if (item.kind !== 'section') return item.path.length > 0;
  return item.section.path.length > 0 || item.section.text.kind !== 'all';
}

function printerOf(item: FetchItem, isUtf8: boolean): PrintItem | undefined {
  switch (item.kind) {
    case 'uid':
      return ({ uids }, at) => `UID ${uids[at] ?? 0}`;
    case 'flags':
      return (columns, at) => `FLAGS ${flagsAt(columns, at)}`;
    case 'internalDate':
      return ({ receivedAt }, at) => `INTERNALDATE ${printDateTime(receivedAt[at] ?? 0)}`;
    case 'size':
      return ({ sizesOctets }, at) => `RFC822.SIZE ${sizesOctets[at] ?? 0}`;
    case 'modseq':
      return ({ modseqs }, at) => `MODSEQ (${modseqs[at] ?? 0})`;
    case 'emailId':
      return ({ emailIds }, at) => `EMAILID (${printEmailId(emailIds[at] ?? 0)})`;
    case 'threadId':
      return (_columns, _at, { threadId }) => `THREADID (${printThreadId(threadId)})`;
    case 'saveDate':
      return (_columns, _at, { savedAt }) => `SAVEDATE ${printDateTime(savedAt)}`;
    case 'envelope':
      return (_columns, _at, { envelope }) => `ENVELOPE ${printStoredEnvelope(envelope, isUtf8)}`;
    case 'body':
      return (_columns, _at, { structure }) => `BODY ${printStoredStructure(structure, false)}`;
    case 'bodyStructure':
      return (_columns, _at, { structure }) => `BODYSTRUCTURE ${printStoredStructure(structure, true)}`;
    case 'preview':
      return (_columns, _at, { preview }) => `PREVIEW ${printString(preview, isUtf8)}`;
    case 'section':
    case 'binary':
    case 'binarySize':
      return undefined;
    default:
      return item satisfies never;
  }
}

/** The answer to a listed HEADER.FIELDS from the kept fields. */
export function printListed(item: FetchSection, kept: Uint8Array): string {
  const { text } = item.section;
  const names = text.kind === 'headerFields' ? text.names : [];
  const octets = listedHeader(kept, names);
  const { partial } = item;
  const cut = partial ? octets.slice(partial.offset, partial.offset + partial.length) : octets;
  return `${item.label} {${cut.length}}\r\n${cut}`;
}
