/**
 * Conditions SQL cannot answer by itself, answered before it is asked: each becomes the set of emails it lets through.
 * Words are looked up in the search index. A header field is looked for in the messages themselves, among no more of
 * them than a person would wait for.
 */
import { setImmediate } from 'node:timers/promises';

import { decodeText } from '#formats/message/envelope.ts';
import { readStructure } from '#formats/message/pack.ts';
import { membersOf } from '#server/access/members.ts';
import type { Reader } from '#server/access/reader.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { SearchExpression } from '#server/search/expression.ts';
import { searchEmails } from '#server/search/search-emails.ts';
import { type AccountId, asId, type EmailId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { selectEmailsOf } from '#server/mail/conversations/queries.ts';
import { openMessage } from '#server/mail/emails/content.ts';
import { selectEmailsWithMessage } from '#server/mail/emails/message-queries.ts';
import { selectTenantOf } from '#server/mail/queries.ts';
import { type EmailFilter, outsideConditions } from './filter.ts';
import { type Outside, selectList } from './queries.ts';

type HeaderCondition = Extract<EmailFilter, { readonly kind: 'header' }>;

export interface Answered {
  /** The same filter, words that stand together gathered under one operator. */
  readonly filter: EmailFilter | null;
  readonly outside: Outside;
}

/** Messages whose header is read for one condition. */
const maxCandidates = 20_000;
const candidatesPerPage = 100;

/** @throws {Refusal} `unsupportedFilter` for too many words, or a header field among too many emails. */
export async function answerOutside(
  store: Store,
  accountId: AccountId,
  asked: EmailFilter | null,
  reader: Reader | undefined,
): Promise<Answered> {
  if (asked === null || outsideConditions(asked).length === 0) return { filter: asked, outside: new Map() };
  const filter = gatherWords(asked);
  const outside = new Map<EmailFilter, Uint32Array>();
  for (const words of wordsIn(filter)) {
    const expression = expressionOf(words);
    if (expression) outside.set(words, await searchEmails(store, accountId, expression));
  }
  for (const condition of outsideConditions(filter)) {
    if (condition.kind === 'closed' || condition.kind === 'assigned')
      outside.set(condition, await conversationsThat(store, accountId, condition));
  }
  const headers = outsideConditions(filter).filter((condition) => condition.kind === 'header');
  if (headers.length > 0) {
    const { ids } = await selectList(store, accountId, withoutHeaders(filter, true), [], outside, reader);
    if (ids.length > maxCandidates) {
      throw new Refusal('unsupportedFilter', {
        description: `a header field is looked for in ${maxCandidates} emails at most: narrow the filter`,
      });
    }
    const found = await selectWithHeaders(
      store,
      accountId,
      Array.from(ids, (id) => asId<EmailId>(id)),
      headers,
    );
    for (const [condition, emailIds] of found) outside.set(condition, Uint32Array.from(emailIds));
  }
  return { filter, outside };
}

/** Whoever is no member now has nothing that is theirs. */
function conversationsThat(
  store: Store,
  accountId: AccountId,
  condition: Extract<EmailFilter, { readonly kind: 'closed' | 'assigned' }>,
): Promise<Uint32Array> {
  return read(store, async (tx) => {
    if (condition.kind === 'closed') return Uint32Array.from(await selectEmailsOf(tx, accountId, { kind: 'closed' }));
    const { personId } = condition;
    const members = [...(await membersOf(tx, await selectTenantOf(tx, accountId), accountId, store.now())).keys()];
    const to = personId === null ? members : members.filter((member) => member === personId);
    return Uint32Array.from(await selectEmailsOf(tx, accountId, { kind: 'assigned', to }));
  });
}

/** What can be asked of the index as one question; undefined where anything else stands in it. */
function expressionOf(filter: EmailFilter): SearchExpression | undefined {
  if (filter.kind === 'text') return { kind: 'query', field: filter.field, text: filter.query };
  // A "not" is left to SQL: what the index does not know yet does not hold the words either.
  if (filter.kind !== 'and' && filter.kind !== 'or') return undefined;
  const of = filter.of.map(expressionOf).filter((part) => part !== undefined);
  return of.length === filter.of.length && of.length > 0 ? { kind: filter.kind, of } : undefined;
}

/** Puts words that stand beside other conditions under an operator of their own: one look-up instead of several. */
function gatherWords(filter: EmailFilter): EmailFilter {
  if (filter.kind !== 'and' && filter.kind !== 'or' && filter.kind !== 'not') return filter;
  const of = filter.of.map(gatherWords);
  const words = of.filter((part) => expressionOf(part) !== undefined);
  if (filter.kind === 'not' || words.length < 2 || words.length === of.length) return { kind: filter.kind, of };
  const others = of.filter((part) => !words.includes(part));
  return { kind: filter.kind, of: [...others, { kind: filter.kind, of: words }] };
}

/** The uppermost parts that are words alone. */
function wordsIn(filter: EmailFilter): readonly EmailFilter[] {
  if (expressionOf(filter)) return [filter];
  return filter.kind === 'and' || filter.kind === 'or' || filter.kind === 'not' ? filter.of.flatMap(wordsIn) : [];
}

/** A filter that lets through at least what `filter` does, whatever its header conditions say. */
function withoutHeaders(filter: EmailFilter, isPositive: boolean): EmailFilter {
  if (filter.kind === 'header') return { kind: isPositive ? 'and' : 'or', of: [] };
  if (filter.kind !== 'and' && filter.kind !== 'or' && filter.kind !== 'not') return filter;
  // What was answered is known by identity: a part without header fields stays as it is.
  if (outsideConditions(filter).every((condition) => condition.kind === 'text')) return filter;
  const isPositiveWithin = filter.kind === 'not' ? !isPositive : isPositive;
  return { kind: filter.kind, of: filter.of.map((part) => withoutHeaders(part, isPositiveWithin)) };
}

async function selectWithHeaders(
  store: Store,
  accountId: AccountId,
  ids: readonly EmailId[],
  conditions: readonly HeaderCondition[],
): Promise<ReadonlyMap<HeaderCondition, readonly EmailId[]>> {
  const found = new Map<HeaderCondition, EmailId[]>(conditions.map((condition) => [condition, []]));
  for (let from = 0; from < ids.length; from += candidatesPerPage) {
    const page = await read(store, async (tx) => {
      const tenantId = await selectTenantOf(tx, accountId);
      const emails = await selectEmailsWithMessage(tx, accountId, tenantId, ids.slice(from, from + candidatesPerPage));
      return { tenantId, emails };
    });
    for (const email of page.emails) {
      const message = await openMessage(store, page.tenantId, email.hash);
      const fields = await message.headerFields(readStructure(email.structure));
      for (const [condition, those] of found) {
        const name = condition.name.toLowerCase();
        const named = fields.filter((field) => field.name.toLowerCase() === name);
        if (named.some((field) => holds(field.raw, condition.value))) those.push(email.id);
      }
    }
    // Others are waiting for this thread.
    await setImmediate();
  }
  return found;
}

function holds(raw: string, wanted: string | null): boolean {
  if (wanted === null) return true;
  return decodeText(raw).toLowerCase().includes(wanted.normalize('NFC').toLowerCase());
}
