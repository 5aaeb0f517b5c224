/** LIST and its extensions (RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 8440, RFC 9590, RFC 6154). */
import type { StatusItem } from './status.ts';

export interface ListCommand {
  readonly kind: 'list';
  /** Whether anything of RFC 5258 was used: CHILDINFO and the special LIST "" "" depend on it. */
  readonly isExtended: boolean;
  readonly selection: ListSelection;
  readonly reference: string;
  /** At least one. `LIST "" ""` has one empty pattern and asks for the delimiter. */
  readonly patterns: readonly string[];
  readonly returns: ListReturn;
}

export interface ListSelection {
  readonly subscribed: boolean;
  readonly remote: boolean;
  readonly recursiveMatch: boolean;
  readonly specialUse: boolean;
}

export interface ListReturn {
  readonly subscribed: boolean;
  readonly children: boolean;
  readonly specialUse: boolean;
  readonly myRights: boolean;
  /** Undefined: no STATUS is wanted. */
  readonly status: readonly StatusItem[] | undefined;
  /** Entries of METADATA (RFC 9590). */
  readonly metadata: readonly string[] | undefined;
}
