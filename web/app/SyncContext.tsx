/**
 * The hooks by which components read the sync engine. A component sees the record with its waiting changes laid over
 * it, and is drawn again only when that record becomes another object.
 */
import { createContext, useCallback, useContext, useEffect, useRef, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import type { Line } from '#web/sync/connection.ts';
import type { HouseClosed } from '#web/sync/errors.ts';
import type { AccountId, Email, Mailbox, Records, TypeName } from '#web/sync/records.ts';
import { asAccountId } from '#web/sync/records.ts';
import type { Session } from '#web/sync/session.ts';
import type { Sync } from '#web/sync/sync.ts';

interface Scope {
  readonly sync: Sync;
  readonly session: Session;
  readonly accountId: AccountId;
}

const Context = createContext<Scope | undefined>(undefined);

export interface SyncScopeProps {
  readonly sync: Sync;
  readonly session: Session;
  /** The account on the screen; absent or unknown means the person's own. */
  readonly accountId?: string | undefined;
  readonly children: ReactNode;
}

export function SyncScope({ sync, session, accountId, children }: SyncScopeProps) {
  const known = session.accounts.some((account) => account.id === accountId);
  const shown = known && accountId !== undefined ? asAccountId(accountId) : session.primaryAccountId;
  return <Context value={{ sync, session, accountId: shown }}>{children}</Context>;
}

export function useScope(): Scope {
  const scope = useContext(Context);
  if (!scope) throw new Error('useScope outside SyncScope');
  return scope;
}

/** Whether several people work in the account on the screen. */
export function useIsShared(): boolean {
  const { session, accountId } = useScope();
  const account = session.accounts.find(({ id }) => id === accountId);
  return account?.capabilities.includes('urn:pli:params:jmap:shared') === true;
}

/** One record of the account on the screen; undefined while it is not in the store. */
export function useRecord<T extends TypeName>(type: T, id: string | undefined): Records[T] | undefined {
  const { sync, accountId } = useScope();
  const subscribe = useCallback(
    (listener: () => void) => sync.store.subscribe(accountId, type, listener),
    [sync, accountId, type],
  );
  return useSyncExternalStore(subscribe, () => (id === undefined ? undefined : sync.store.get(accountId, type, id)));
}

/** Every record of a small type; asks the server for them the first time. */
export function useRecords<T extends 'Mailbox' | 'Identity' | 'Quota'>(type: T): readonly Records[T][] {
  const { sync, accountId } = useScope();
  useEffect(() => {
    void sync.ensureAll(accountId, type).catch(() => undefined);
  }, [sync, accountId, type]);
  const subscribe = useCallback(
    (listener: () => void) => sync.store.subscribe(accountId, type, listener),
    [sync, accountId, type],
  );
  return useSyncExternalStore(subscribe, () => sync.store.all(accountId, type));
}

/** The emails of a conversation, oldest first, as far as they are in the store. */
export function useThreadEmails(threadId: string | undefined): readonly Email[] {
  const { sync, accountId } = useScope();
  const last = useRef<readonly Email[]>([]);
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = [
        sync.store.subscribe(accountId, 'Email', listener),
        sync.store.subscribe(accountId, 'Thread', listener),
      ];
      return () => stops.forEach((stop) => stop());
    },
    [sync, accountId],
  );
  return useSyncExternalStore(subscribe, () => {
    const thread = threadId === undefined ? undefined : sync.store.get(accountId, 'Thread', threadId);
    const emails = (thread?.emailIds ?? [])
      .map((id) => sync.store.get(accountId, 'Email', id))
      .filter((email) => email !== undefined);
    const isSame = emails.length === last.current.length && emails.every((email, n) => email === last.current[n]);
    if (!isSame) last.current = emails;
    return last.current;
  });
}

/** The mailbox with a role (RFC 8621 §2), where the account has one. */
export function useMailboxByRole(role: string): Mailbox | undefined {
  return useRecords('Mailbox').find((mailbox) => mailbox.role === role);
}

export function useLine(sync: Sync): Line {
  return useSyncExternalStore(sync.connection.subscribe, sync.connection.line);
}

/** While the house is closed for maintenance: what it said of its end. */
export function useClosed(sync: Sync): HouseClosed | undefined {
  return useSyncExternalStore(sync.connection.subscribe, sync.connection.closed);
}

export function useWaitingWrites(): number {
  const { sync } = useScope();
  return useSyncExternalStore(sync.subscribeWrites, sync.waitingWrites);
}
