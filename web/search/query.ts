/**
 * Reads what is typed into the search box and makes the JMAP filter of it (RFC 8621 §4.4.1). Operators have English and
 * French names; what is no operator is searched as text. Reading never fails: at worst everything is text.
 *
 *   from:dupont subject:"conseil de classe" has:attachment after:2026-09-01 -in:archive is:unread sortie
 */
import { printUtcDate } from '#formats/jmap/date.ts';
import type { JsonObject } from '#web/sync/shape.ts';

/** One piece of a search: `operator` is undefined for plain text. */
export interface Term {
  readonly operator: Operator | undefined;
  readonly value: string;
  readonly isQuoted: boolean;
  readonly isNegated: boolean;
}

type Operator =
  | 'from'
  | 'to'
  | 'cc'
  | 'subject'
  | 'body'
  | 'has'
  | 'before'
  | 'after'
  | 'in'
  | 'is'
  | 'larger'
  | 'smaller';

/** What `in:` can name. */
export interface SearchMailbox {
  readonly id: string;
  readonly name: string;
  readonly role: string | null;
}

const names: Readonly<Record<string, Operator>> = {
  from: 'from',
  de: 'from',
  to: 'to',
  à: 'to',
  cc: 'cc',
  copie: 'cc',
  subject: 'subject',
  objet: 'subject',
  sujet: 'subject',
  body: 'body',
  corps: 'body',
  has: 'has',
  avec: 'has',
  before: 'before',
  avant: 'before',
  after: 'after',
  après: 'after',
  apres: 'after',
  in: 'in',
  dans: 'in',
  is: 'is',
  est: 'is',
  larger: 'larger',
  smaller: 'smaller',
};

const states: Readonly<Record<string, JsonObject>> = {
  unread: { notKeyword: '$seen' },
  'non-lu': { notKeyword: '$seen' },
  nonlu: { notKeyword: '$seen' },
  read: { hasKeyword: '$seen' },
  lu: { hasKeyword: '$seen' },
  starred: { hasKeyword: '$flagged' },
  suivi: { hasKeyword: '$flagged' },
  answered: { hasKeyword: '$answered' },
  répondu: { hasKeyword: '$answered' },
};

const attachmentNames: ReadonlySet<string> = new Set([
  'attachment',
  'attachments',
  'pièce-jointe',
  'piece-jointe',
  'pj',
]);

/** Splits the text at spaces, keeping `"quoted phrases"` together; an unclosed quote runs to the end. */
export function readTerms(text: string): readonly Term[] {
  const terms: Term[] = [];
  for (const match of text.matchAll(/(-)?(?:([\p{L}]+):)?(?:"([^"]*)(?:"|$)|(\S+))/gu)) {
    const [whole, minus, name, quoted, bare] = match;
    const operator = name === undefined ? undefined : names[name.toLowerCase()];
    const value = quoted ?? bare ?? '';
    if (name !== undefined && operator === undefined) {
      terms.push({ operator: undefined, value: whole.replaceAll('"', ''), isQuoted: false, isNegated: false });
    } else if (value !== '') {
      terms.push({ operator, value, isQuoted: quoted !== undefined, isNegated: minus !== undefined });
    }
  }
  return terms;
}

/** The filter for a search, or null when it asks for nothing. Trash and junk are left out unless `in:` names a mailbox. */
export function searchFilter(text: string, mailboxes: readonly SearchMailbox[]): JsonObject | null {
  const terms = readTerms(text);
  const conditions: JsonObject[] = [];
  for (const term of terms) {
    const condition = conditionOf(term, mailboxes);
    conditions.push(term.isNegated ? { operator: 'NOT', conditions: [condition] } : condition);
  }
  if (conditions.length === 0) return null;
  const hidden = mailboxes.filter(({ role }) => role === 'trash' || role === 'junk').map(({ id }) => id);
  if (!terms.some(({ operator }) => operator === 'in') && hidden.length > 0)
    conditions.push({ inMailboxOtherThan: hidden });
  const [only] = conditions;
  return conditions.length === 1 && only ? only : { operator: 'AND', conditions };
}

function conditionOf({ operator, value, isQuoted }: Term, mailboxes: readonly SearchMailbox[]): JsonObject {
  const phrase = isQuoted ? `"${value}"` : value;
  switch (operator) {
    case undefined:
      return { text: phrase };
    case 'from':
    case 'to':
    case 'cc':
    case 'subject':
    case 'body':
      return { [operator]: phrase };
    case 'has':
      return attachmentNames.has(value.toLowerCase()) ? { hasAttachment: true } : { text: phrase };
    case 'before':
    case 'after': {
      const day = readDay(value);
      return day ? { [operator]: printUtcDate(day.getTime()) } : { text: `${operator}:${value}` };
    }
    case 'in': {
      const mailbox = findMailbox(value, mailboxes);
      // A mailbox that does not exist holds nothing; to ignore the word would show everything.
      return mailbox ? { inMailbox: mailbox.id } : { operator: 'NOT', conditions: [{ minSize: 0 }] };
    }
    case 'is':
      return states[value.toLowerCase()] ?? { text: phrase };
    case 'larger':
    case 'smaller':
      break;
  }
  const octets = readSize(value);
  if (octets === undefined) return { text: `${operator}:${value}` };
  return operator === 'larger' ? { minSize: octets } : { maxSize: octets };
}

function findMailbox(value: string, mailboxes: readonly SearchMailbox[]): SearchMailbox | undefined {
  const wanted = fold(value);
  return (
    mailboxes.find(({ role }) => role === wanted) ??
    mailboxes.find(({ name }) => fold(name) === wanted || fold(name).replaceAll(' ', '-') === wanted) ??
    mailboxes.find(({ name }) => fold(name).startsWith(wanted))
  );
}

/** Lower case without accents: people type neither. */
export function fold(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().trim();
}

/** `2026`, `2026-09`, `2026-09-01`, `01/09/2026`: the local midnight that begins it. */
export function readDay(value: string): Date | undefined {
  const iso = /^(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$/.exec(value);
  const french = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(value);
  const [year, month, day] = french ? [french[3], french[2], french[1]] : [iso?.[1], iso?.[2] ?? '1', iso?.[3] ?? '1'];
  if (year === undefined) return undefined;
  const date = new Date(Number(year), Number(month) - 1, Number(day));
  return date.getMonth() === Number(month) - 1 && date.getDate() === Number(day) ? date : undefined;
}

/** `500k`, `5M`, `5Mo`, `1G`: octets, by thousands. */
function readSize(value: string): number | undefined {
  const match = /^(\d+)\s*([kmg])?[ob]?$/i.exec(value);
  if (!match) return undefined;
  const power = { k: 1, m: 2, g: 3 }[(match[2] ?? '').toLowerCase()] ?? 0;
  return Number(match[1]) * 1000 ** power;
}
