/**
 * The commands of IMAP (RFC 9051 §6 and the extensions we serve) as one closed union: what `readCommand` makes of a line. A line is a string of octets, one
 * a character. Texts in commands are Unicode, mailbox names too (NFC, `INBOX` upper case), whichever way they were sent.
 */
import type { AppendMessage } from './append.ts';
import type { FetchCommand } from './fetch.ts';
import type { ListCommand } from './list.ts';
import type { GetMetadataCommand, MetadataValue } from './metadata.ts';
import type { NotifyGroup } from './notify.ts';
import type { EsearchCommand, SearchCommand, SortCommand, ThreadCommand } from './search.ts';
import type { SelectCommand } from './select.ts';
import type { SequenceSet } from './sequence-set.ts';
import type { StatusItem } from './status.ts';

export type Command =
  | {
      readonly kind:
        | 'capability'
        | 'noop'
        | 'logout'
        | 'starttls'
        | 'namespace'
        | 'idle'
        | 'check'
        | 'close'
        | 'unselect'
        | 'expunge'
        | 'unauthenticate'
        | 'notifyNone';
    }
  /** RFC 2971; null for `ID NIL`. */
  | { readonly kind: 'id'; readonly parameters: ReadonlyMap<string, string | null> | null }
  /** `initialResponse` is the base64 as sent, '' for `=` (RFC 4959); undefined when a challenge is awaited. */
  | { readonly kind: 'authenticate'; readonly mechanism: string; readonly initialResponse: string | undefined }
  | { readonly kind: 'login'; readonly userName: string; readonly password: string }
  /** Upper case. */
  | { readonly kind: 'enable'; readonly capabilities: readonly string[] }
  | SelectCommand
  /** `uses` are special-use attributes, `\Sent` (RFC 6154 §3). */
  | { readonly kind: 'create'; readonly mailbox: string; readonly uses: readonly string[] }
  | { readonly kind: 'delete' | 'subscribe' | 'unsubscribe'; readonly mailbox: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | ListCommand
  | { readonly kind: 'lsub'; readonly reference: string; readonly pattern: string }
  | { readonly kind: 'status'; readonly mailbox: string; readonly items: readonly StatusItem[] }
  /** At least one message; more are MULTIAPPEND (RFC 3502), all or none. */
  | { readonly kind: 'append'; readonly mailbox: string; readonly messages: readonly AppendMessage[] }
  /** UID EXPUNGE (RFC 9051 §6.4.9). */
  | { readonly kind: 'uidExpunge'; readonly uids: SequenceSet }
  | SearchCommand
  | EsearchCommand
  | SortCommand
  | ThreadCommand
  | FetchCommand
  | {
      readonly kind: 'store';
      readonly byUid: boolean;
      readonly set: SequenceSet;
      readonly action: 'replace' | 'add' | 'remove';
      readonly isSilent: boolean;
      /** System flags as `\Seen`, keywords as written. */
      readonly flags: readonly string[];
      /** RFC 7162 §3.1.3 */
      readonly unchangedSince: number | undefined;
    }
  | {
      readonly kind: 'copy' | 'move';
      readonly byUid: boolean;
      readonly set: SequenceSet;
      readonly mailbox: string;
    }
  /** RFC 9208 */
  | { readonly kind: 'getQuota'; readonly root: string }
  | { readonly kind: 'getQuotaRoot'; readonly mailbox: string }
  | { readonly kind: 'setQuota'; readonly root: string; readonly limits: ReadonlyMap<string, number> }
  /** RFC 4314 */
  | {
      readonly kind: 'setAcl';
      readonly mailbox: string;
      readonly identifier: string;
      readonly action: 'replace' | 'add' | 'remove';
      readonly rights: string;
    }
  | { readonly kind: 'deleteAcl' | 'listRights'; readonly mailbox: string; readonly identifier: string }
  | { readonly kind: 'getAcl' | 'myRights'; readonly mailbox: string }
  | GetMetadataCommand
  /** `mailbox` is '' for the server's own (RFC 5464 §4.3). */
  | { readonly kind: 'setMetadata'; readonly mailbox: string; readonly values: readonly MetadataValue[] }
  /** RFC 5465 §3.1 */
  | { readonly kind: 'notifySet'; readonly wantsStatus: boolean; readonly groups: readonly NotifyGroup[] }
  /** RFC 4978; upper case. */
  | { readonly kind: 'compress'; readonly mechanism: string };

export interface TaggedCommand {
  readonly tag: string;
  readonly command: Command;
}
