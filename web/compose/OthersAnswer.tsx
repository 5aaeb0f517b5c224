/** In a composer: who else is answering the same conversation of a shared mailbox. */
import { useEffect, useSyncExternalStore } from 'react';
import { AnsweringBanner } from '#web/shared/AnsweringBanner.tsx';
import { conversationsOf } from '#web/shared/conversations.ts';
import { answeredBy } from './answering.ts';
import type { Answered } from './answering.ts';
import type { Composer } from './composer.ts';

export function OthersAnswer({ composer }: { readonly composer: Composer }) {
  const answered = answeredBy(composer);
  return answered ? <Others composer={composer} answered={answered} /> : null;
}

function Others({ composer, answered }: { readonly composer: Composer; readonly answered: Answered }) {
  const conversations = conversationsOf(composer.sync, answered.accountId);
  const { threadId } = answered;
  useEffect(() => conversations.want(threadId), [conversations, threadId]);
  const conversation = useSyncExternalStore(conversations.subscribe, () => conversations.get(threadId));
  const members = useSyncExternalStore(conversations.subscribe, conversations.members);
  // Before one knows who one is, one's own name must not warn.
  if (members.length === 0) return null;
  return <AnsweringBanner conversation={conversation} selfId={members.find(({ isSelf }) => isSelf)?.id} />;
}
