/**
 * Who wants to know when an account changed. Listeners hear after the commit, in this process and in every other on
 * the same database. A listener hears states, never contents: it reads for itself.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

import type { Engine } from './connection.ts';
import { type AccountId, asId, asModseq, type Modseq } from './ids.ts';
import { statement, txOver } from './statement.ts';

/** Types that have a state of their own (RFC 8620 §1.6.3), plus those later nouns bring. */
export type ChangeType =
  | 'Mailbox'
  | 'Email'
  | 'EmailDelivery'
  | 'Thread'
  | 'Identity'
  | 'EmailSubmission'
  | 'Quota'
  | 'SieveScript'
  | 'VacationResponse'
  | 'FilterRun'
  | 'Import'
  | 'Conversation'
  | 'ConversationComment'
  | 'ShareNotification'
  | 'Account'
  /** What everybody is told; its states are no modseqs of the account, and it has none in the row. */
  | 'Announcement';

export type States = Readonly<Partial<Record<ChangeType, Modseq>>>;

export interface AccountChange {
  readonly accountId: AccountId;
  /** Only the types that changed, with their new states. */
  readonly states: States;
}

export interface ChangeListeners {
  /** @returns what to call to stop listening. */
  listen(accountId: AccountId, hear: (change: AccountChange) => void): () => void;
  /** For transaction(): tells this process, after the commit. */
  tell(change: AccountChange): void;
  /** Tells every listener of this process what is no account's own. */
  tellAll(states: States): void;
  close(): void;
}

const notebook = new AsyncLocalStorage<AccountChange[]>();

/**
 * Runs `work` and writes into `own` what it commits itself, in order, so that its caller can tell that from what others
 * commit meanwhile.
 */
export function notingOwnChanges<T>(own: AccountChange[], work: () => Promise<T>): Promise<T> {
  return notebook.run(own, work);
}

/** For transaction(): called in the writer's own course of work, after the commit. */
export function noteOwnChange(change: AccountChange): void {
  notebook.getStore()?.push(change);
}

const selectStates = statement<{ accountId: number }>()(({ q, p }) =>
  q.selectFrom('account').select('states').where('id', '=', p.accountId),
);

export function changeListeners(engine: Engine): ChangeListeners {
  const listeners = new Map<AccountId, Set<(change: AccountChange) => void>>();
  const lastKnown = new Map<AccountId, States>();
  let isClosed = false;

  const tell = (change: AccountChange): void => {
    const those = listeners.get(change.accountId);
    if (!those) return;
    const before = lastKnown.get(change.accountId) ?? {};
    const news = newer(change.states, before);
    if (Object.keys(news).length === 0) return; // heard already: our own announcement coming back
    lastKnown.set(change.accountId, { ...before, ...news });
    for (const hear of those) hear({ accountId: change.accountId, states: news });
  };

  /** Something may have been missed: look at the accounts somebody listens to. */
  const lookAgain = async (): Promise<void> => {
    for (const accountId of listeners.keys()) {
      if (isClosed) return;
      const row = await engine.read((connection) => selectStates.first(txOver(connection), { accountId }));
      if (row) tell({ accountId, states: parseStates(row.states) });
    }
  };

  engine.onAnnouncement((payload) => {
    if (payload === undefined) void lookAgain().catch(() => undefined);
    else tell(parseAnnouncement(payload));
  });

  return {
    listen(accountId, hear) {
      const those = listeners.get(accountId) ?? new Set();
      listeners.set(accountId, those.add(hear));
      return () => {
        those.delete(hear);
        if (those.size > 0 || listeners.get(accountId) !== those) return;
        listeners.delete(accountId);
        lastKnown.delete(accountId);
      };
    },
    tell,
    tellAll(states) {
      for (const [accountId, those] of listeners) for (const hear of those) hear({ accountId, states });
    },
    close() {
      isClosed = true;
      listeners.clear();
    },
  };
}

function newer(states: States, before: States): States {
  const entries = Object.entries(states) as [ChangeType, Modseq][];
  return Object.fromEntries(entries.filter(([type, modseq]) => modseq > (before[type] ?? -1)));
}

export function parseStates(text: string): States {
  const states = JSON.parse(text) as States;
  // Each delivery reads them: looked at one by one, and not copied.
  for (const type in states) asModseq(states[type as ChangeType] ?? NaN);
  return states;
}

export function printAnnouncement(change: AccountChange): string {
  return JSON.stringify([change.accountId, change.states]);
}

function parseAnnouncement(payload: string): AccountChange {
  const [accountId, states] = JSON.parse(payload) as [number, Record<string, number>];
  return { accountId: asId(accountId), states: parseStates(JSON.stringify(states)) };
}
