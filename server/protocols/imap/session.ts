/**
 * What is known of one connection between its commands. States follow RFC 9051 §3; commands change them and nobody
 * else does. Ids of mail objects are printed here as JMAP prints them (RFC 8474 §1): an id is the same everywhere.
 */
import type { PersonActor } from '#server/access/actor.ts';
import { Refusal } from '#server/access/refusal.ts';
import type { Known } from '#server/mail/view/known.ts';
import type { AccountId, EmailId, MailboxId, Modseq, ThreadId } from '#server/store/ids.ts';
import type { Connection } from '#server/protocols/connection.ts';
import type { Store } from '#server/store/store.ts';

import type { FetchItem } from '#formats/imap/fetch.ts';
import type { NotifyGroup } from '#formats/imap/notify.ts';
import { printNumberedId } from '#formats/jmap/id.ts';
import type { Told } from './notify.ts';
import type { ImapLimits, ImapOptions } from './options.ts';

export interface Session {
  readonly store: Store;
  readonly connection: Connection;
  readonly options: ImapOptions;
  readonly limits: ImapLimits;
  readonly shared: Shared;
  readonly remoteAddress: string;
  state: State;
  readonly enabled: Enabled;
  /** Told when whoever is in leaves (access/doors.ts). */
  leaveDoor: (() => void) | undefined;
  /** Under which person this connection is counted. */
  countedAs: string | undefined;
  /** Mailboxes at the top that were opened by name. */
  readonly placed: Map<string, PlacedName>;
  /** What NOTIFY asked for (RFC 5465). */
  notifying: Notifying | undefined;
  authFailures: number;
  /** BAD answers in a row. */
  errors: number;
}

export interface Notifying {
  readonly groups: readonly NotifyGroup[];
  /** What is fetched of each new email of the selected mailbox. */
  readonly newItems: readonly FetchItem[];
  /** By account and mailbox. */
  readonly told: Map<string, Told>;
  hasNews: boolean;
  /** Accounts that are listened to, with what ends it. */
  readonly listening: Map<AccountId, () => void>;
  /** How many responses are left to tell until when. */
  readonly minute: { endsAt: number; left: number };
}

/** Where a name led. */
export interface PlacedName {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
  /** The mailbox's own: while it stays, so does the name. */
  readonly modseq: Modseq;
}

/** What all connections of a port have in common. */
export interface Shared {
  /** Octets of messages that are on their way in. */
  appendOctets: number;
  /** Connections by person, `tenant.person`. */
  readonly connectionsOf: Map<string, number>;
}

/** What ENABLE or a command turned on (RFC 5161, RFC 7162 §3.1). */
export interface Enabled {
  rev2: boolean;
  utf8: boolean;
  condstore: boolean;
  qresync: boolean;
}

export type State =
  | { readonly kind: 'notAuthenticated' }
  | { readonly kind: 'authenticated'; readonly who: Who }
  | { readonly kind: 'selected'; readonly who: Who; readonly mailbox: Selected }
  | { readonly kind: 'loggedOut' };

export interface Who {
  /** Another record for each command: see renewActor. */
  actor: PersonActor;
  /** Their own. */
  readonly accountId: AccountId;
}

/** The mailbox that is selected (RFC 9051 §6.3.2). */
export interface Selected {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
  readonly uidValidity: number;
  /** EXAMINE, or no right to change anything. */
  readonly isReadOnly: boolean;
  /** Also where nothing else may be changed: a reader whose `\Seen` is their own. */
  readonly maySetSeen: boolean;
  readonly known: Known;
  /** Keywords named by the last FLAGS response: others are announced before they are used. */
  readonly flagsTold: Set<string>;
  /** UIDs of the last SEARCH RETURN (SAVE), ascending (RFC 9051 §6.4.4.1). */
  saved: Uint32Array;
}

/** @throws {Refusal} where nobody is logged in; the dispatch asks for it before. */
export function whoIn({ state }: Session): Who {
  if (state.kind === 'authenticated' || state.kind === 'selected') return state.who;
  throw new Refusal('mayNot');
}

/** From here on rights are asked for again: what was found out for the command before holds no longer. */
export function renewActor({ state }: Session): void {
  if (state.kind === 'authenticated' || state.kind === 'selected') state.who.actor = { ...state.who.actor };
}

/** @throws {Refusal} as whoIn. */
export function selectedIn({ state }: Session): Selected {
  if (state.kind === 'selected') return state.mailbox;
  throw new Refusal('mayNot');
}

/** Names and quoted strings may be UTF-8 (RFC 9051 §4.3, RFC 6855 §3). */
export function isUtf8({ enabled }: Session): boolean {
  return enabled.utf8 || enabled.rev2;
}

export function printMailboxId(id: MailboxId): string {
  return printNumberedId('m', id);
}

export function printEmailId(id: EmailId | number): string {
  return printNumberedId('e', id);
}

export function printThreadId(id: ThreadId | number): string {
  return printNumberedId('t', id);
}
