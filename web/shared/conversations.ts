/**
 * What members do with the conversations of one account, as far as a screen shows them: fetched in one request for all
 * that are asked for together, told of by push, and counted down, because who answers may go without a word.
 */
import { MethodRefused } from '#web/sync/errors.ts';
import type { AccountId } from '#web/sync/records.ts';
import { isObject, list, listOr, number, object, text, textOr } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export interface Writer {
  readonly personId: string;
  readonly name: string;
  /** By the clock of the page; they answer no longer then, unless told again. */
  readonly untilMs: number;
}

export interface Conversation {
  readonly id: string;
  readonly assigneeId: string | undefined;
  readonly assigneeName: string;
  readonly isClosed: boolean;
  readonly comments: number;
  readonly answering: readonly Writer[];
}

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly rights: readonly string[];
  readonly isSelf: boolean;
}

export interface Conversations {
  get(id: string): Conversation | undefined;
  /** Fetches it soon, together with others. */
  want(id: string): void;
  members(): readonly Member[];
  /** Once more, when somebody came or went. */
  subscribe(listener: () => void): () => void;
  /** @returns whether it was done. */
  change(id: string, patch: JsonObject): Promise<boolean>;
  close(): void;
}

/** Kept of one account; who scrolls further asks again. */
const maxKept = 2_000;
const maxAsked = 500;

export function createConversations(sync: Sync, accountId: AccountId): Conversations {
  const kept = new Map<string, Conversation>();
  const wanted = new Set<string>();
  const listeners = new Set<() => void>();
  let members: readonly Member[] = [];
  let state: string | undefined;
  let countdown: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;
  let isFollowing: Promise<void> | undefined;

  function tell(): void {
    clearTimeout(countdown);
    const now = performance.now();
    let next = Infinity;
    for (const [id, one] of kept) {
      const answering = one.answering.filter(({ untilMs }) => untilMs > now);
      if (answering.length < one.answering.length) kept.set(id, { ...one, answering });
      for (const { untilMs } of answering) next = Math.min(next, untilMs);
    }
    if (next < Infinity) countdown = setTimeout(tell, next - now + 50);
    for (const listener of listeners) listener();
  }

  async function fetchThese(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const answer = (await sync.client.request([['Conversation/get', { accountId, ids }, 'get']])).of('get');
    state ??= text(answer['state']);
    for (const one of list(answer['list'], readConversation)) kept.set(one.id, one);
    for (const id of list(answer['notFound'], text)) kept.delete(id);
    for (const id of kept.keys()) {
      if (kept.size <= maxKept) break;
      kept.delete(id);
    }
    tell();
  }

  async function ask(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    // All rows of a screen ask in the same turn.
    await Promise.resolve();
    try {
      while (wanted.size > 0) {
        const ids = [...wanted].slice(0, maxAsked);
        for (const id of ids) wanted.delete(id);
        await sync.connection.persist(() => fetchThese(ids));
      }
    } catch (error) {
      sync.connection.report(error);
    } finally {
      isAsking = false;
    }
  }

  async function follow(): Promise<void> {
    if (state === undefined) return;
    try {
      const args = { accountId, sinceState: state };
      const answer = (await sync.client.request([['Conversation/changes', args, 'changes']])).of('changes');
      const ids = list(answer['updated'], text).filter((id) => kept.has(id));
      for (const id of list(answer['destroyed'], text)) kept.delete(id);
      await fetchThese(ids);
      state = text(answer['newState']);
      if (answer['hasMoreChanges'] === true) await follow();
    } catch (error) {
      if (!(error instanceof MethodRefused)) return sync.connection.report(error);
      state = undefined;
      await fetchThese([...kept.keys()].slice(-maxAsked)).catch(sync.connection.report);
    }
  }

  /** One at a time; what is heard meanwhile is asked for after it. */
  function hear(): void {
    isFollowing = (isFollowing ?? Promise.resolve()).then(follow);
  }

  async function fetchMembers(): Promise<void> {
    try {
      const answers = await sync.client.request([['Member/get', { accountId, ids: null }, 'get']]);
      members = list(answers.of('get')['list'], readMember);
      tell();
    } catch (error) {
      // Whose mandate ended is told so by the session.
      sync.connection.report(error);
    }
  }

  const stops = [
    sync.onPushed(accountId, 'Conversation', hear),
    sync.onAccount(() => {
      void fetchMembers();
      hear();
    }),
  ];
  void fetchMembers();

  return {
    get: (id) => kept.get(id),
    want(id) {
      if (kept.has(id)) return;
      wanted.add(id);
      void ask();
    },
    members: () => members,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async change(id, patch) {
      try {
        const args = { accountId, update: { [id]: patch } };
        const answer = (await sync.client.request([['Conversation/set', args, 'set']])).of('set');
        const { notUpdated } = answer;
        await fetchThese([id]);
        return !(isObject(notUpdated) && id in notUpdated);
      } catch (error) {
        sync.connection.report(error);
        return false;
      }
    },
    close() {
      clearTimeout(countdown);
      for (const stop of stops) stop();
    },
  };
}

function readConversation(value: unknown): Conversation {
  const it = object(value);
  const now = performance.now();
  return {
    id: text(it['id']),
    assigneeId: textOr(it['assigneeId'], undefined),
    assigneeName: textOr(it['assigneeName'], ''),
    isClosed: it['isClosed'] === true,
    comments: number(it['comments']),
    answering: list(it['answering'], (one) => {
      const { personId, name, secondsLeft } = object(one);
      return { personId: text(personId), name: text(name), untilMs: now + number(secondsLeft) * 1000 };
    }),
  };
}

function readMember(value: unknown): Member {
  const it = object(value);
  return {
    id: text(it['id']),
    name: text(it['name']),
    rights: listOr(it['rights'], text),
    isSelf: it['isSelf'] === true,
  };
}

const open = new WeakMap<Sync, Map<AccountId, Conversations>>();

/** The one of an account on this page; it stays as long as the page does. */
export function conversationsOf(sync: Sync, accountId: AccountId): Conversations {
  const all = open.get(sync) ?? new Map<AccountId, Conversations>();
  open.set(sync, all);
  const known = all.get(accountId) ?? createConversations(sync, accountId);
  all.set(accountId, known);
  return known;
}
