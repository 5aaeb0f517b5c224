/**
 * The trace: who did what, under which mandate, when and from where. Rows are only ever added, in the transaction of
 * what they tell, so that nothing happens untold and nothing is told that did not happen. Never contents.
 */
import type { Actor } from '#server/access/actor.ts';
import type { MandateId } from '#server/access/rights.ts';
import type { AccountId, PersonId, TenantId, Uuid } from '#server/store/ids.ts';
import type { Tx } from '#server/store/statement.ts';
import { read, type Store } from '#server/store/store.ts';

import { insertTrace, selectTraces, type TraceRow } from './queries/trace.ts';

export type TraceDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export interface NewTrace {
  readonly tenantId: TenantId;
  readonly actor: Actor;
  /** What was done, in the words of the verbs: `login`, `setPassword`, `grantMandate` … */
  readonly verb: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly accountId?: AccountId | undefined;
  readonly mandateId?: MandateId | undefined;
  readonly details?: TraceDetails;
}

/** Adds one line; durable with the transaction. */
export async function recordTrace(tx: Tx, trace: NewTrace): Promise<void> {
  const { actor } = trace;
  await insertTrace(tx, {
    tenantId: trace.tenantId,
    at: trace.at,
    actor: actor.kind === 'person' ? actor.by : actor.kind === 'directory' ? 'scim' : actor.as,
    personId: actor.kind === 'person' ? actor.personId : null,
    mandateId: trace.mandateId ?? null,
    accountId: trace.accountId ?? null,
    verb: trace.verb,
    details: {
      ...trace.details,
      ...(actor.kind === 'directory' && { token: actor.name, tokenId: actor.tokenId }),
      ...(actor.kind === 'person' &&
        actor.second && { approval: actor.second.approvalId, second: actor.second.actor.personId }),
    },
    remoteAddress: actor.from ?? null,
  });
}

export interface TraceFilter {
  readonly accountId?: AccountId;
  readonly personId?: PersonId;
  readonly verbs?: readonly string[];
  /** Lines older than this one, which was the last of the page before. */
  readonly before?: Uuid;
  /** At most 1000. */
  readonly limit?: number;
}

export type { TraceRow };

/** The lines that fit, newest first. Who may see them is the caller's to check: this is for other verbs. */
export function listTrace(store: Store, tenantId: TenantId, filter: TraceFilter = {}): Promise<readonly TraceRow[]> {
  const limit = Math.min(filter.limit ?? 100, 1000);
  return read(store, (tx) => selectTraces(tx, tenantId, { ...filter, limit }));
}
