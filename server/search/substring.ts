/**
 * Finding emails by what stands in them word for word, or within a word: IMAP's SEARCH TEXT, BODY, HEADER and their like
 * (RFC 9051 §6.4.4).
 * Case makes no difference (i;unicode-casemap). Rights on the account are the caller's business, as are mailboxes.
 */
import type { AccountId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import { searchOf } from './start.ts';
import { fieldOf, needleOf } from './substring-text.ts';

export interface SubstringQuestion {
  /**
   * `body`: the text parts, those of attached messages too. `text`: these and every header field. A field's name: the
   * values of that field in the message's own header.
   */
  readonly where: 'text' | 'body' | { readonly field: string };
  /** Decoded; '' is found everywhere, in a field wherever there is one. */
  readonly needle: string;
}

/**
 * Finds the emails of an account whose text holds the needle. The answer is exact, also for what was stored a moment ago
 * and is not indexed yet. Runs off the event loop.
 *
 * @param candidates emails to look into, in any order; all of the account's where absent.
 * @returns ids, ascending.
 * @throws {StoreUnavailable}
 */
export function searchSubstring(
  store: Store,
  accountId: AccountId,
  question: SubstringQuestion,
  candidates?: ArrayLike<number>,
): Promise<Uint32Array> {
  return searchOf(store).substrings.search({
    accountId,
    where: typeof question.where === 'string' ? question.where : 'field',
    field: typeof question.where === 'string' ? undefined : fieldOf(question.where.field),
    needle: needleOf(question.needle),
    candidates: candidates && new Uint32Array(candidates),
  });
}
