/** Rights as RFC 4314 §2.1 writes them, from what the account's mandates allow in a mailbox. */
import type { Located } from '#server/protocols/imap/names.ts';

/** `lrswipkxte`: l and r by reading, the others by what may be changed. */
export function printRights({ rights }: Located): string {
  let letters = rights.mayReadItems ? 'lr' : '';
  if (rights.maySetSeen) letters += 's';
  if (rights.maySetKeywords) letters += 'w';
  if (rights.mayAddItems) letters += 'i';
  if (rights.maySubmit) letters += 'p';
  if (rights.mayCreateChild) letters += 'k';
  if (rights.mayDelete) letters += 'x';
  if (rights.mayRemoveItems) letters += 'te';
  return letters;
}
