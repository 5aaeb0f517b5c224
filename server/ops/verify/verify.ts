/** Verifying everything the store holds, while the server is at work: each noun verifies what is its own. */
import { verifyApprovals } from '#server/approvals/verify.ts';
import { verifyBrands } from '#server/brand/verify.ts';
import { verifyDirectory } from '#server/directory/verify.ts';
import { verifyFilters } from '#server/filters/verify.ts';
import { verifyMail } from '#server/mail/verify/verify.ts';
import { verifyTrace } from '#server/records/verify.ts';
import { verifyBlobs } from '#server/store/blobs/verify.ts';
import type { StoreOptions } from '#server/store/open.ts';
import type { Store } from '#server/store/store.ts';

export type Area = 'directory' | 'approvals' | 'mail' | 'filters' | 'trace' | 'blobs' | 'search';

export interface Finding {
  readonly area: Area;
  /** A note is worth knowing and harms nobody. */
  readonly kind: 'problem' | 'note';
  readonly sentence: string;
}

export interface VerifyProgress {
  readonly area: Area;
  readonly done: number;
  readonly total: number;
}

/** @param storeOptions how the store was opened: the search index has connections of its own. */
export async function* verifyStore(
  store: Store,
  storeOptions: StoreOptions,
  hear: (progress: VerifyProgress) => void = () => undefined,
): AsyncGenerator<Finding> {
  const hearOf = (area: Area) => (done: number, total: number) => hear({ area, done, total });
  for await (const sentence of verifyDirectory(store, hearOf('directory')))
    yield { area: 'directory', kind: 'problem', sentence };
  for await (const sentence of verifyBrands(store)) yield { area: 'directory', kind: 'problem', sentence };
  for await (const sentence of verifyApprovals(store)) yield { area: 'approvals', kind: 'problem', sentence };
  for await (const sentence of verifyMail(store, hearOf('mail'))) yield { area: 'mail', kind: 'problem', sentence };
  for await (const sentence of verifyFilters(store)) yield { area: 'filters', kind: 'problem', sentence };
  for await (const finding of verifyTrace(store, hearOf('trace'))) yield { area: 'trace', ...finding };
  for await (const finding of verifyBlobs(store, hearOf('blobs'))) yield { area: 'blobs', ...finding };
  for await (const sentence of verifyIndex(store, storeOptions)) yield { area: 'search', kind: 'problem', sentence };
}

async function* verifyIndex(store: Store, storeOptions: StoreOptions): AsyncGenerator<string> {
  const { startSearch } = await import('#server/search/start.ts');
  const { verifySearch } = await import('#server/search/verify.ts');
  const search = startSearch(store, storeOptions, { isIndexing: false });
  try {
    for await (const { kind, accountId, emailId } of verifySearch(store)) {
      const email = `account ${accountId}: email ${emailId}`;
      yield kind === 'missing' ? `${email} is found by no search` : `${email} is gone, and searches find it`;
    }
  } finally {
    await search.close();
  }
}
