/** The hooks by which components read what members do. */
import { useEffect, useSyncExternalStore } from 'react';
import { useScope } from '#web/app/SyncContext.tsx';
import { type Conversation, type Conversations, conversationsOf, type Member } from './conversations.ts';

export function useConversations(): Conversations {
  const { sync, accountId } = useScope();
  return conversationsOf(sync, accountId);
}

/** undefined until it came. */
export function useConversation(threadId: string): Conversation | undefined {
  const conversations = useConversations();
  useEffect(() => conversations.want(threadId), [conversations, threadId]);
  return useSyncExternalStore(conversations.subscribe, () => conversations.get(threadId));
}

/** By name; empty until they came. */
export function useMembers(): readonly Member[] {
  const conversations = useConversations();
  return useSyncExternalStore(conversations.subscribe, conversations.members);
}

/** Whether a member may give conversations away, close and comment them. */
export function mayWork({ rights }: Member): boolean {
  return rights.includes('draft') || rights.includes('write');
}
