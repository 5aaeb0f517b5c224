/**
 * What was printed of messages, kept for the next who asks: an email's message never changes, and programs list the same
 * mailbox again and again. By account and item; bounded, the accounts that were not asked for longest going first.
 */
import type { AccountId } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

/** Texts of all accounts together. */
const maxOctets = 96 * 1024 * 1024;
/** What a text costs beside its octets. */
const overheadOctets = 80;
/** What a list of texts costs that is still empty, beside its name. */
const listOctets = 400;

export interface PrintedOf {
  /** Item → email → text. */
  readonly items: Map<string, Map<number, string>>;
  octets: number;
}

interface Kept {
  /** The least recently asked for first. */
  readonly accounts: Map<AccountId, PrintedOf>;
  octets: number;
}

const keptByStore = new WeakMap<Store, Kept>();

/** The texts of one item, by email id: read them, and put in what is missing by keepPrinted. */
export function printedOf(store: Store, accountId: AccountId, item: string): ReadonlyMap<number, string> {
  const kept = keptBy(store);
  const { accounts } = kept;
  const account = accounts.get(accountId) ?? { items: new Map(), octets: 0 };
  accounts.delete(accountId);
  accounts.set(accountId, account);
  const known = account.items.get(item);
  if (known) return known;
  const texts = new Map<number, string>();
  account.items.set(item, texts);
  // Who asks for ever other fields makes ever more lists: they count before anything stands in them.
  charge(kept, account, item.length + listOctets);
  return texts;
}

function charge(kept: Kept, account: PrintedOf, octets: number): void {
  account.octets += octets;
  kept.octets += octets;
  if (kept.octets > maxOctets) forgetOldest(kept);
}

export function keepPrinted(store: Store, accountId: AccountId, item: string, emailId: number, text: string): void {
  const kept = keptBy(store);
  const account = kept.accounts.get(accountId);
  const texts = account?.items.get(item);
  if (!account || !texts || texts.has(emailId)) return;
  // In one piece: what was put together from many would keep them all.
  texts.set(emailId, Buffer.from(text, 'latin1').toString('latin1'));
  charge(kept, account, text.length + overheadOctets);
}

function keptBy(store: Store): Kept {
  return keptByStore.getOrInsertComputed(store, () => ({ accounts: new Map(), octets: 0 }));
}

function forgetOldest(kept: Kept): void {
  for (const [accountId, account] of kept.accounts) {
    if (kept.octets <= maxOctets / 2) return;
    kept.accounts.delete(accountId);
    kept.octets -= account.octets;
  }
}
