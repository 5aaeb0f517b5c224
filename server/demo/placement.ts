/** Where a message lies: in whose account, in which mailbox, with which keywords; and what planning mail needs at hand. */
import type { Academy } from './academy.ts';
import type { AttachmentPool } from './attachments/pool.ts';
import type { Correspondent, Directory, Owner } from './correspondent.ts';

export type MailboxPlace =
  | { readonly kind: 'role'; readonly role: 'inbox' | 'sent' | 'drafts' | 'junk' | 'trash' | 'archive' }
  /** Names from the top: ['Classes', '4e B']. Made when missing. */
  | { readonly kind: 'path'; readonly path: readonly string[] };

export interface Placement {
  readonly owner: Owner;
  readonly mailbox: MailboxPlace;
  readonly keywords: readonly string[];
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

export interface PlannedMessage {
  readonly bytes: Uint8Array;
  readonly placements: readonly Placement[];
}

/** What every planner of mail has at hand for one run. */
export interface Office {
  readonly academy: Academy;
  readonly directory: Directory;
  readonly pool: AttachmentPool;
  readonly seed: number;
  readonly now: number;
  /** How many messages each person has so far. */
  readonly counts: Uint32Array;
}

export const INBOX: MailboxPlace = { kind: 'role', role: 'inbox' };

/** A placement, counted for the person who gets it. */
export function placed(
  office: Office,
  owner: Owner,
  mailbox: MailboxPlace,
  keywords: readonly string[],
  receivedAt: number,
): Placement {
  if (owner.kind === 'person') office.counts[owner.personIndex] = (office.counts[owner.personIndex] ?? 0) + 1;
  return { owner, mailbox, keywords, receivedAt };
}

export function isSame(left: Correspondent, right: Correspondent | undefined): boolean {
  return left.party.address === right?.party.address;
}
