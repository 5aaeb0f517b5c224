/**
 * The card of somebody's account, for who helps them and who administers them: its state and why, how full it is, how
 * they get in, who acts for them, what came last. Never what a message says: neither subject nor words, and to support
 * not even who wrote, but from which domain.
 */
import type { Actor } from '#server/access/actor.ts';
import type { PersonRef } from '#server/access/credential.ts';
import { type AccessOverview, readAccessOverview } from '#server/access/overview.ts';
import { covers } from '#server/access/powers.ts';
import { requireAnyRole } from '#server/access/require-role.ts';
import { listTrace, type TraceRow } from '#server/records/trace.ts';
import type { PersonId, TenantId } from '#server/store/ids.ts';
import { read, type Store } from '#server/store/store.ts';

import { type ActKind, actsFor } from './acts.ts';
import { selectOpenCase } from './queries/compromise.ts';
import { type PersonSummary, selectArrivals, selectSummaries, selectUnitNames } from './queries/people.ts';

export type { PersonSummary };

/** Those of `ids` that stand under the actor's roles. @throws {Refusal} `mayNot`. */
export function readSummaries(
  store: Store,
  actor: Actor,
  tenantId: TenantId,
  ids: readonly PersonId[],
): Promise<readonly PersonSummary[]> {
  return read(store, async (tx) => {
    const held = await requireAnyRole(tx, actor, 'look', tenantId, store.now());
    const found = await selectSummaries(tx, tenantId, ids);
    return found.filter(({ path }) => held.some((role) => covers(role, { tenantId, path })));
  });
}

export interface Delivery {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly by: string;
  /** The envelope's sender, or its domain alone; empty for the null sender. */
  readonly from: string;
  readonly sizeOctets: number;
  readonly verdict: string;
}

export interface PersonDetails extends AccessOverview {
  readonly acts: readonly ActKind[];
  /** Since when its case is open, where others had got in; milliseconds since 1970. */
  readonly compromisedAt: number | null;
  /** From the top of the tree. */
  readonly unitNames: readonly string[];
  /** Who brought the account into its state, when and why; undefined where nothing tells. */
  readonly lastChange: TraceRow | undefined;
  readonly logins: readonly TraceRow[];
  readonly deliveries: readonly Delivery[];
  /** `submit` lines: how many recipients and how large, not to whom. */
  readonly sent: readonly TraceRow[];
}

const shown = 10;

/** @throws {Refusal} `mayNot`, `noSuchPerson`. */
export async function readDetails(
  store: Store,
  actor: Actor,
  who: PersonRef,
  { accountId, path, state, activatedAt }: Pick<PersonSummary, 'accountId' | 'path' | 'state' | 'activatedAt'>,
): Promise<PersonDetails> {
  const overview = await readAccessOverview(store, actor, who);
  const { tenantId, personId } = who;
  const { arrivals, openCase, unitNames } = await read(store, async (tx) => ({
    arrivals: await selectArrivals(tx, accountId, shown),
    openCase: await selectOpenCase(tx, who),
    unitNames: await selectUnitNames(tx, tenantId, path),
  }));
  const of = (filter: Parameters<typeof listTrace>[2]) => listTrace(store, tenantId, filter);
  const [lastChange] = await of({ accountId, verbs: ['lockPerson', 'unlockPerson'], limit: 1 });
  const isWhole = overview.powers.includes('audit');
  return {
    ...overview,
    acts: actsFor({ state, isActivated: activatedAt !== null, isCompromised: openCase !== undefined }, overview.powers),
    compromisedAt: openCase?.at ?? null,
    unitNames,
    lastChange,
    logins: await of({ personId, verbs: ['login'], limit: shown }),
    sent: await of({ accountId, verbs: ['submit'], limit: shown }),
    deliveries: arrivals.map(({ at, sizeOctets, details }) => ({
      at,
      sizeOctets,
      ...readArrival(details ?? '{}', isWhole),
    })),
  };
}

function readArrival(details: string, isWhole: boolean): Pick<Delivery, 'by' | 'from' | 'verdict'> {
  const value: unknown = JSON.parse(details);
  const members: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {};
  const { by, mailFrom, verdicts } = members;
  const sender = typeof mailFrom === 'string' ? mailFrom : '';
  const last: unknown = Array.isArray(verdicts) ? verdicts.at(-1) : undefined;
  const hasVerdict = typeof last === 'object' && last !== null && 'verdict' in last;
  return {
    by: typeof by === 'string' ? by : '',
    from: isWhole ? sender : sender.slice(sender.lastIndexOf('@') + 1),
    verdict: hasVerdict && typeof last.verdict === 'string' ? last.verdict : 'accept',
  };
}
