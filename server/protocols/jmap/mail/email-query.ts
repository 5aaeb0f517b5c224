/** Email/query and /queryChanges: JMAP's filters and sorts as floor 2 takes them (RFC 8621 §4.4, §4.5). */
import {
  aBoolean,
  anUnsignedInt,
  aString,
  aUtcDate,
  listOf,
  nullable,
  optional,
  type Reader,
} from '#formats/jmap/arguments.ts';
import { MethodError } from '#formats/jmap/errors.ts';
import type { Comparator, Filter } from '#formats/jmap/filter.ts';
import { isArray, type Json, type JsonObject } from '#formats/jmap/json.ts';
import { Refusal } from '#server/access/refusal.ts';
import { isKeyword } from '#server/mail/keywords.ts';
import type { EmailFilter, EmailSort } from '#server/mail/query/filter.ts';
import { queryEmailChanges, queryEmails } from '#server/mail/query/query.ts';
import type { EmailId } from '#server/store/ids.ts';

import type { QueryPart } from '#server/protocols/jmap/engine/type.ts';
import { personIds } from '#server/protocols/jmap/console/ids.ts';
import { mailboxIds } from './ids.ts';

const aKeyword: Reader<string> = (value) => (typeof value === 'string' && isKeyword(value) ? value : undefined);

/** A field name, and what its value holds. */
const aHeader: Reader<readonly string[]> = (value) => {
  const texts = listOf(aString)(value);
  return texts && (texts.length === 1 || texts.length === 2) && /^[!-9;-~]+$/.test(texts[0] ?? '') ? texts : undefined;
};

export const emailSorts: readonly string[] = [
  'receivedAt',
  'sentAt',
  'size',
  'from',
  'to',
  'subject',
  'hasKeyword',
  'allInThreadHaveKeyword',
  'someInThreadHaveKeyword',
];

const queryArguments = { collapseThreads: optional(aBoolean, false) };

export const emailQuery: QueryPart<EmailId, typeof queryArguments> = {
  args: queryArguments,
  conditions: {
    inMailbox: aString,
    inMailboxOtherThan: listOf(aString),
    before: aUtcDate,
    after: aUtcDate,
    minSize: anUnsignedInt,
    maxSize: anUnsignedInt,
    allInThreadHaveKeyword: aKeyword,
    someInThreadHaveKeyword: aKeyword,
    noneInThreadHaveKeyword: aKeyword,
    hasKeyword: aKeyword,
    notKeyword: aKeyword,
    hasAttachment: aBoolean,
    text: aString,
    from: aString,
    to: aString,
    cc: aString,
    bcc: aString,
    subject: aString,
    body: aString,
    header: aHeader,
    // Our own: what those who share the mailbox do with the conversation; an id is a principal's, null is nobody's.
    conversationIsClosed: aBoolean,
    conversationAssigneeId: nullable(aString),
  },
  idConditions: ['inMailbox', 'inMailboxOtherThan'],
  sorts: emailSorts,
  sortMembers: ['keyword'],
  async run({ store, actor, accountId }, query, { collapseThreads }) {
    return queryEmails(store, actor, accountId, {
      filter: emailFilter(query.filter),
      sort: emailSort(query.sort),
      collapse: collapseThreads,
      position: query.position,
      ...(query.anchor !== undefined && { anchor: query.anchor }),
      anchorOffset: query.anchorOffset,
      limit: query.limit,
      calculateTotal: query.calculateTotal,
    });
  },
  async changes({ store, actor, accountId }, query, { collapseThreads }) {
    try {
      return await queryEmailChanges(store, actor, accountId, {
        filter: emailFilter(query.filter),
        sort: emailSort(query.sort),
        collapse: collapseThreads,
        sinceQueryState: query.sinceQueryState,
        maxChanges: query.maxChanges ?? null,
        ...(query.upToId !== undefined && { upToId: query.upToId }),
        calculateTotal: query.calculateTotal,
      });
    } catch (error) {
      if (error instanceof Refusal && error.reason === 'tooMany') throw new MethodError('tooManyChanges');
      throw error;
    }
  },
};

/** A filter whose conditions were checked against the table above. */
export function emailFilter(filter: Filter | undefined): EmailFilter | null {
  if (!filter) return null;
  if (filter.kind === 'condition') return allOf(conditionsOf(filter.condition));
  const of = filter.conditions.map((inner) => emailFilter(inner) ?? everything);
  const kind = ({ AND: 'and', OR: 'or', NOT: 'not' } as const)[filter.operator];
  return { kind, of };
}

const everything: EmailFilter = { kind: 'and', of: [] };
const nothing: EmailFilter = { kind: 'or', of: [] };

function allOf(of: readonly EmailFilter[]): EmailFilter {
  const [only] = of;
  return only && of.length === 1 ? only : { kind: 'and', of };
}

function conditionsOf(condition: JsonObject): readonly EmailFilter[] {
  return Object.entries(condition).map(([name, value]) => conditionOf(name, value));
}

function conditionOf(name: string, value: Json): EmailFilter {
  const text = typeof value === 'string' ? value : '';
  const texts = isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  switch (name) {
    case 'inMailbox': {
      const mailboxId = mailboxIds.read(text);
      return mailboxId === undefined ? nothing : { kind: 'inMailbox', mailboxId };
    }
    case 'inMailboxOtherThan':
      return { kind: 'inMailboxOtherThan', mailboxIds: texts.flatMap((id) => mailboxIds.read(id) ?? []) };
    case 'before':
    case 'after':
      return { kind: name, at: aUtcDate(value) ?? 0 };
    case 'minSize':
    case 'maxSize':
      return { kind: name, octets: Number(value) };
    case 'allInThreadHaveKeyword':
      return { kind: 'threadKeyword', which: 'all', keyword: text };
    case 'someInThreadHaveKeyword':
      return { kind: 'threadKeyword', which: 'some', keyword: text };
    case 'noneInThreadHaveKeyword':
      return { kind: 'threadKeyword', which: 'none', keyword: text };
    case 'hasKeyword':
    case 'notKeyword':
      return { kind: 'keyword', keyword: text, has: name === 'hasKeyword' };
    case 'hasAttachment':
      return { kind: 'hasAttachment', has: value === true };
    case 'text':
    case 'from':
    case 'to':
    case 'cc':
    case 'bcc':
    case 'subject':
    case 'body':
      return { kind: 'text', field: name, query: text };
    case 'header':
      return { kind: 'header', name: texts[0] ?? '', value: texts[1] ?? null };
    case 'conversationIsClosed':
      return value === true ? { kind: 'closed' } : { kind: 'not', of: [{ kind: 'closed' }] };
    case 'conversationAssigneeId': {
      if (value === null) return { kind: 'not', of: [{ kind: 'assigned', personId: null }] };
      const personId = personIds.read(text);
      return personId === undefined ? nothing : { kind: 'assigned', personId };
    }
    default:
      throw new MethodError('unsupportedFilter', `no condition ${name}`);
  }
}

/** @throws {MethodError} `invalidArguments` where a keyword is missing, or given where none belongs. */
function emailSort(sort: readonly Comparator[]): readonly EmailSort[] {
  return sort.map(({ property, isAscending, more }): EmailSort => {
    const keyword = more['keyword'];
    switch (property) {
      case 'hasKeyword':
      case 'allInThreadHaveKeyword':
      case 'someInThreadHaveKeyword':
        if (typeof keyword !== 'string' || !isKeyword(keyword)) {
          throw new MethodError('invalidArguments', `a sort by ${property} names its keyword`);
        }
        return { kind: property, keyword, isAscending };
      case 'receivedAt':
      case 'sentAt':
      case 'size':
      case 'from':
      case 'to':
      case 'subject':
        return { kind: property, isAscending };
      default:
        throw new MethodError('unsupportedSort', `no sort by ${property}`);
    }
  });
}
