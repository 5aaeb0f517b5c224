/** What is drawn only where people share a mailbox: one part, fetched when one is opened. */
import { lazyPart } from '#web/ui/lazyPart.ts';

const load = () => import('#web/shared/parts.ts');

export const WorkFilter = lazyPart(() => load().then((it) => it.WorkFilter));
export const RowMarks = lazyPart(() => load().then((it) => it.RowMarks));
export const ConversationBar = lazyPart(() => load().then((it) => it.ConversationBar));
export const Comments = lazyPart(() => load().then((it) => it.Comments));
export const CommentForm = lazyPart(() => load().then((it) => it.CommentForm));
