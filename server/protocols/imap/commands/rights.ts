/** Rights as RFC 4314 §2.1 writes them, from what mandates allow in a mailbox. */
import type { Right } from '#server/access/rights.ts';
import { rightsIn } from '#server/mail/mailboxes/list.ts';
import type { Located } from '#server/protocols/imap/names.ts';

/** Those there are, with the virtual ones (RFC 4314 §2.1). */
export const knownLetters = 'lrswipkxteacd';

/** The actor's own. */
export function printRights({ mailbox, accountRights, reader }: Located): string {
  return lettersOf(mailbox, accountRights, reader !== undefined);
}

/** l and r by reading, p by sending, a by managing, the others by what may be changed. */
export function lettersOf(
  mailbox: Located['mailbox'],
  accountRights: readonly Right[],
  isSeenPersonal: boolean,
): string {
  const rights = rightsIn(mailbox, accountRights, isSeenPersonal);
  let letters = rights.mayReadItems ? 'lr' : '';
  if (rights.maySetSeen) letters += 's';
  if (rights.maySetKeywords) letters += 'w';
  if (rights.mayAddItems) letters += 'i';
  if (rights.maySubmit) letters += 'p';
  if (rights.mayCreateChild) letters += 'k';
  if (rights.mayDelete) letters += 'x';
  if (rights.mayRemoveItems) letters += 'te';
  if (accountRights.includes('manage')) letters += 'a';
  // Virtual: what k and x, t and e were together, for programs of before (RFC 4314 §2.1.1).
  if (/[kx]/.test(letters)) letters += 'c';
  if (/[te]/.test(letters)) letters += 'd';
  return letters;
}
