/** Changing the keywords of many emails: those that change alike by one statement each. Counts are the caller's. */
import type { AccountTx } from '#server/store/transaction.ts';

import type { Keywords } from '#server/mail/keywords.ts';
import { replaceKeywords, type StoredEmail, updateFlagsOfMany, updateKeywordsOfMany } from './queries.ts';

export interface Marking {
  readonly email: Pick<StoredEmail, 'id' | 'keywords' | 'hasAttachment'>;
  /** What it carries from now on. */
  readonly keywords: Keywords;
}

/** Fewer are done one by one, by statements that are prepared already. */
const worthASet = 3;

export function isMarked({ email, keywords }: Marking): boolean {
  return email.keywords.flags !== keywords.flags || hasOtherWords({ email, keywords });
}

function hasOtherWords({ email, keywords }: Marking): boolean {
  return email.keywords.others.join(' ') !== keywords.others.join(' ');
}

/** Writes the keywords of emails that all change (isMarked). */
export async function markEmails(tx: AccountTx, markings: readonly Marking[]): Promise<void> {
  if (markings.length < worthASet) {
    for (const { email, keywords } of markings) await replaceKeywords(tx, email, keywords);
    return;
  }
  const alike = Map.groupBy(markings, ({ email, keywords }) => {
    const bits = `${keywords.flags & ~email.keywords.flags} ${email.keywords.flags & ~keywords.flags}`;
    return hasOtherWords({ email, keywords })
      ? `${bits} ${email.keywords.others.join(' ')}\n${keywords.others.join(' ')}`
      : bits;
  });
  for (const those of alike.values()) {
    const [first] = those;
    if (!first) continue;
    const before = first.email.keywords;
    const after = first.keywords;
    const ids = those.map(({ email }) => email.id);
    await updateFlagsOfMany(tx, ids, after.flags & ~before.flags, before.flags & ~after.flags);
    if (!hasOtherWords(first)) continue;
    const removed = before.others.filter((word) => !after.others.includes(word));
    const added = after.others.filter((word) => !before.others.includes(word));
    await updateKeywordsOfMany(tx, ids, after.others, { removed, added });
  }
}
