/**
 * The actor: who asks. Every verb of floor 2 takes one and checks it; there is no verb "as root" by omission.
 * The system itself acts under a name too (delivery, a job), so that the trace can say which.
 */
import type { Program } from '#formats/policies/policies.ts';
import type { ApprovalId, PersonId, TenantId, Uuid } from '#server/store/ids.ts';

/** What a credential may be used for. A browser's session has all of them. */
export type Scope = 'mail' | 'calendars' | 'contacts' | 'files' | 'submission' | 'account';

export const allScopes: readonly Scope[] = ['mail', 'calendars', 'contacts', 'files', 'submission', 'account'];

export type Actor = PersonActor | SystemActor | DirectoryActor;

export interface PersonActor {
  readonly kind: 'person';
  readonly tenantId: TenantId;
  readonly personId: PersonId;
  /** How they proved who they are; `token`: by an access token of our OpenID provider (server/provider). */
  readonly by: 'session' | 'password' | 'appPassword' | 'bearer' | 'token';
  /** The session, the app password, of a `token` its grant: for the trace and for revocation; absent for a plain password. */
  readonly credentialId?: Uuid;
  readonly scopes: readonly Scope[];
  /** Remote address, textual. */
  readonly from: string;
  /** By which door they came, where an institution may close it (server/access/doors.ts); none in a browser's session. */
  readonly program?: Program | undefined;
  /** Whoever agreed to the one act that is done now (server/approvals): both may do it, and the trace names both. */
  readonly second?: Second;
}

export interface Second {
  readonly approvalId: ApprovalId;
  /** The other administrator, in their own session. */
  readonly actor: PersonActor;
  /** A word with it; '' without. */
  readonly answer: string;
}

/** The house at work: a delivery, a job, the command line (whoever may run it may read the disk anyway). */
export interface SystemActor {
  readonly kind: 'system';
  /** `door`: somebody who has proved nothing, and is nobody yet. */
  readonly as: 'delivery' | 'job' | 'operator' | 'door';
  /** Remote address or the name of the operator's login, where known. */
  readonly from?: string;
}

/**
 * Another directory that writes to ours (SCIM), by a token that administrators gave it: over one tenant, or a subtree of
 * it, it may do what an administrator may do to accounts, and nothing else. It opens no mail.
 */
export interface DirectoryActor {
  readonly kind: 'directory';
  readonly tenantId: TenantId;
  readonly tokenId: Uuid;
  /** As it was named when it was made: for the trace. */
  readonly name: string;
  /** Of the unit it is over; '/' for the whole tenant. */
  readonly path: string;
  /** Remote address, textual. */
  readonly from: string;
}

export const operator: SystemActor = { kind: 'system', as: 'operator' };
