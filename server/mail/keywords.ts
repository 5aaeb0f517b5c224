/**
 * Keywords (RFC 8621 §4.1.1). Those every client uses are bits of one number, so that counting and filtering read no
 * text; all others are lower-case words kept sorted.
 */

/** Bits of `flags` in the tables email and mailbox_email. Never renumber: they are stored. */
export const flagBits = {
  $seen: 1,
  $flagged: 2,
  $answered: 4,
  $draft: 8,
  $forwarded: 16,
  $junk: 32,
  $notjunk: 64,
  $phishing: 128,
  $mdnsent: 256,
} as const satisfies Readonly<Record<string, number>>;

/** Not a keyword: the message has an attachment to list. It stands here so that lists filter on one column. */
export const hasAttachmentBit = 65_536;

/**
 * Marked for removal by an IMAP client (\Deleted, RFC 9051 §2.3.2). Not a keyword: it stands on the place in one mailbox
 * (mailbox_email.flags) and never on the email, so nothing but IMAP shows it.
 */
export const deletedBit = 131_072;

const allFlagBits = Object.values(flagBits).reduce((sum, bit) => sum | bit, 0);
const bitOf: ReadonlyMap<string, number> = new Map(Object.entries(flagBits));

/** Keywords an email may carry, and how long each may be (RFC 8621 §4.1.1). */
export const keywordLimits = { perEmail: 100, characters: 255 };

export interface Keywords {
  /** Only keyword bits. */
  readonly flags: number;
  /** Sorted, lower case, none that has a bit. */
  readonly others: readonly string[];
}

export const noKeywords: Keywords = { flags: 0, others: [] };

/** Visible ASCII without the characters IMAP's atoms forbid (RFC 8621 §4.1.1). */
const keywordForm = /^[!#$&'+,\-./0-9:;<=>?@A-Z^_`a-z|}~[]{1,255}$/;

export function isKeyword(word: string): boolean {
  return keywordForm.test(word);
}

/** The bit of a keyword that has one. */
export function bitOfKeyword(keyword: string): number | undefined {
  return bitOf.get(keyword.toLowerCase());
}

export function keywordsOf(words: Iterable<string>): Keywords {
  let flags = 0;
  const others = new Set<string>();
  for (const word of words) {
    const keyword = word.toLowerCase();
    const bit = bitOf.get(keyword);
    if (bit === undefined) others.add(keyword);
    else flags |= bit;
  }
  return { flags, others: [...others].sort() };
}

export function wordsOf({ flags, others }: Keywords): readonly string[] {
  return [...[...bitOf].filter(([, bit]) => (flags & bit) !== 0).map(([word]) => word), ...others];
}

export function keywordsFromRow(flags: number, json: string): Keywords {
  return { flags: flags & allFlagBits, others: json === '[]' ? [] : (JSON.parse(json) as string[]) };
}

/** Counted as unread: neither $seen nor $draft (RFC 8621 §2). */
export function isUnread(flags: number): boolean {
  return (flags & (flagBits.$seen | flagBits.$draft)) === 0;
}
