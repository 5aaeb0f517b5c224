/**
 * Watching every account a person may reach, for the heads that push (RFC 8620 §7). Changes that come together are told
 * together; what the person may no longer reach is no longer told, from the next `refresh` on.
 */
import { accountsOf } from '#server/access/accounts.ts';
import type { PersonActor } from '#server/access/actor.ts';
import type { ChangeType, States } from '#server/store/changes.ts';
import { type AccountId, asModseq, type Modseq } from '#server/store/ids.ts';
import type { Store } from '#server/store/store.ts';

import { clockOf } from './clock.ts';

export type Changed = ReadonlyMap<AccountId, States>;

export interface Watching {
  /** Of each account, the newest modseq that was told or stood when watching began: what `since` takes. */
  position(): ReadonlyMap<AccountId, Modseq>;
  /** Looks again at which accounts the person may reach. */
  refresh(): Promise<void>;
  close(): void;
}

export interface WatchOptions {
  /** undefined: all. */
  readonly types: ReadonlySet<string> | undefined;
  /** Where an earlier watching ended: what changed since is told at once. */
  readonly since?: ReadonlyMap<AccountId, Modseq>;
  readonly hear: (changed: Changed) => void;
  /** Something about an account itself changed, whatever the types: whether the person may still listen is to be asked again. */
  readonly onAccount?: () => void;
  /** Also of what everybody is told: not by push to devices that sleep, which would all wake at once. */
  readonly hearsNews?: boolean;
}

/** Long enough for one transaction's neighbours, too short to be noticed. */
const gatherMs = 10;

export async function watchAccounts(
  store: Store,
  actor: PersonActor,
  { types, since, hear, onAccount, hearsNews = false }: WatchOptions,
): Promise<Watching> {
  const stops = new Map<AccountId, () => void>();
  const told = new Map<AccountId, Modseq>();
  let waiting = new Map<AccountId, States>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const flush = (): void => {
    timer = undefined;
    const changed = waiting;
    waiting = new Map();
    hear(changed);
  };
  const take = (accountId: AccountId, states: States): void => {
    const wanted = wantedOf(states, types);
    // What everybody is told is of no account's clock.
    const own = Object.entries(states).flatMap(([type, modseq]) => (type === 'Announcement' ? [] : [modseq]));
    told.set(accountId, asModseq(Math.max(told.get(accountId) ?? 0, ...own)));
    if (Object.keys(wanted).length === 0 || isClosed) return;
    waiting.set(accountId, { ...waiting.get(accountId), ...wanted });
    timer ??= setTimeout(flush, gatherMs);
  };
  const follow = async (accountId: AccountId): Promise<void> => {
    // Listen first: what changes while the clock is read must not fall between the two.
    stops.set(
      accountId,
      store.changes.listen(accountId, (change) => {
        const { Account, Announcement } = change.states;
        if (Announcement === undefined || hearsNews) take(accountId, change.states);
        if ((Account ?? Announcement) !== undefined && !isClosed) onAccount?.();
      }),
    );
    const clock = await clockOf(store, accountId);
    const from = since?.get(accountId);
    if (from !== undefined) {
      take(accountId, Object.fromEntries(Object.entries(clock.states).filter(([, modseq]) => modseq > from)));
    }
    told.set(accountId, asModseq(Math.max(clock.modseq, told.get(accountId) ?? 0)));
  };
  const refresh = async (): Promise<void> => {
    const reachable = new Set((await accountsOf(store, actor)).map((account) => account.accountId));
    if (isClosed) return;
    for (const [accountId, stop] of stops) {
      if (reachable.has(accountId)) continue;
      stop();
      stops.delete(accountId);
    }
    for (const accountId of reachable) if (!stops.has(accountId)) await follow(accountId);
  };

  await refresh();
  return {
    position: () => told,
    refresh,
    close() {
      isClosed = true;
      clearTimeout(timer);
      for (const stop of stops.values()) stop();
      stops.clear();
    },
  };
}

function wantedOf(states: States, types: ReadonlySet<string> | undefined): States {
  if (!types) return states;
  const entries = Object.entries(states) as [ChangeType, Modseq][];
  return Object.fromEntries(entries.filter(([type]) => types.has(type)));
}
