/**
 * HEADER, FROM, SUBJECT and their like (RFC 9051 §6.4.4): the text must stand in a value of that field, decoded, without
 * regard to case. The texts kept for substrings have every field of the header; no message is read.
 */
import { searchSubstring } from '#server/search/substring.ts';

import type { Criterion } from './criterion.ts';
import { emailIdsOf, type Mask, type Search, withIds } from './mask.ts';

type HeaderCriterion = Extract<Criterion, { readonly kind: 'header' }>;

export async function matchHeader(
  { store, sight }: Search,
  { field, text }: HeaderCriterion,
  among: Mask,
): Promise<Mask> {
  const ids = emailIdsOf(sight, among);
  const found = await searchSubstring(store, sight.accountId, { where: { field }, needle: text }, ids);
  return withIds(sight, among, new Set(found));
}
