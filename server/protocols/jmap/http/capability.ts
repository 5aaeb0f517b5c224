/** What the session object says of each capability (RFC 8620 §2), and of it on each account. */
import type { JsonObject } from '#formats/jmap/json.ts';
import type { ReachableAccount } from '#server/access/accounts.ts';
import type { PersonActor } from '#server/access/actor.ts';
import type { Limits } from '#server/protocols/jmap/capabilities.ts';
import type { Store } from '#server/store/store.ts';

export interface Capability {
  readonly urn: string;
  /** Absent where it is said of accounts alone (RFC 9670 §1.5.2). */
  readonly session?: (baseUrl: string, limits: Limits) => JsonObject;
  /** Absent where it says nothing of accounts (core); answers undefined for an account that does not have it. */
  readonly account?: (
    account: ReachableAccount,
    store: Store,
    actor: PersonActor,
  ) => JsonObject | undefined | Promise<JsonObject | undefined>;
}
