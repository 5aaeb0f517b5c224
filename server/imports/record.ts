/**
 * An import as it is kept: where the mail is, how far it came, what was refused. The password of the old server is no
 * part of it (secret.ts): whoever reads an import never sees it.
 */
import type { BlobHash, ImportId } from '#server/store/ids.ts';

/**
 * `waiting`: for its turn, or for another try. `paused`: by somebody, or because the mailbox is full; it can go on.
 * `failed`: as it is it cannot go on; with another password it may. `done` and `cancelled` are the end.
 */
export type ImportState = 'waiting' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled';

/** Why it stands still, as programs say it; heads have words for people. */
export type ImportProblem =
  | 'badCredentials'
  | 'passwordNeeded'
  | 'unreachable'
  | 'notAllowed'
  | 'badCertificate'
  | 'noTls'
  | 'badServer'
  | 'overQuota'
  | 'badFile'
  | 'expired';

/** Why one message was not taken. */
export type MessageProblem = 'tooLarge' | 'unreadable' | 'gone' | 'badFolder';

/** How the connection is made safe; `clear` is for servers inside, and the operator's to allow. */
export type Security = 'tls' | 'starttls' | 'clear';

export const securities: readonly Security[] = ['tls', 'starttls', 'clear'];

/** Whose password opens the mailbox: its owner's, or that of one who may open all (`user*master`, or SASL's authzid). */
export type LoginForm =
  | { readonly kind: 'owner' }
  | { readonly kind: 'separator'; readonly master: string; readonly separator: string }
  | { readonly kind: 'authzid'; readonly master: string };

export interface ImapSource {
  readonly kind: 'imap';
  readonly host: string;
  readonly port: number;
  readonly security: Security;
  /** The owner of the mailbox there. */
  readonly userName: string;
  readonly login: LoginForm;
  /** The operator named this host: it may be inside, and its certificate may be unknown where they said so. */
  readonly isTrusted: boolean;
  readonly acceptsAnyCertificate: boolean;
  /** Octets a second; null for what the house allows. */
  readonly octetsPerSecond: number | null;
}

export interface FileSource {
  readonly kind: 'file';
  readonly hash: BlobHash;
  readonly sizeOctets: number;
  /** As the person's computer called it. */
  readonly name: string;
}

export type ImportSource = ImapSource | FileSource;

export interface ImportProgress {
  /** Of the source; 0 until they are known. */
  readonly folders: number;
  readonly foldersDone: number;
  /** The one at hand, as people read it. */
  readonly folder: string | null;
  /** Messages found so far that this import has to look at; more may come with the next folder. */
  readonly messages: number;
  readonly imported: number;
  /** There already, by an import before or by their octets. */
  readonly duplicates: number;
  readonly refused: number;
  /** Of the messages imported. */
  readonly octets: number;
}

export const noProgress: ImportProgress = {
  folders: 0,
  foldersDone: 0,
  folder: null,
  messages: 0,
  imported: 0,
  duplicates: 0,
  refused: 0,
  octets: 0,
};

export interface ImportRecord {
  readonly id: ImportId;
  readonly state: ImportState;
  readonly source: ImportSource;
  readonly progress: ImportProgress;
  readonly problem: ImportProblem | null;
  /** `operator`, or the number of a person. */
  readonly actor: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly finishedAt: number | null;
}

export interface RefusedMessage {
  readonly folder: string;
  /** Its uid, or its place in the file. */
  readonly message: string;
  readonly reason: MessageProblem;
}

/** Kept of one import; what is beyond is counted. */
export const refusedKept = 1000;

export function isEnded(state: ImportState): boolean {
  return state === 'done' || state === 'cancelled' || state === 'failed';
}

/** What an import would say of the source, for the same folders to be known again: host and owner, or the file. */
export function sourceKey(source: ImportSource): string {
  if (source.kind === 'file') return `file:${source.hash}`;
  return `imap:${source.host.toLowerCase()}/${source.userName.toLowerCase()}`;
}
