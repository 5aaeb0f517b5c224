/** A world where nothing is: it knows no mailbox, list or script, remembers nothing, and answers every question. */
import type { World } from './types.ts';

export const emptyWorld: World = {
  mailboxExists: () => false,
  specialUseExists: () => false,
  mailboxMetadata: () => null,
  serverMetadata: () => null,
  duplicateSeen: () => false,
  include: () => 'missing',
  listExists: () => false,
  listContains: () => false,
};
