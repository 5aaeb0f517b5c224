/** Addresses as RFC 8621 §4.1.2.3 and §4.1.2.4 give them: decoded, ready to show, plain JSON. */

/** One mailbox. `email` is as written, without comments; it may be no valid address, because anything arrives. */
export interface EmailAddress {
  readonly name: string | null;
  readonly email: string;
}

/** A named group, or with `name: null` a run of mailboxes that stand in no group. */
export interface AddressGroup {
  readonly name: string | null;
  readonly addresses: readonly EmailAddress[];
}
