/** The parts of a mailbox that people share, fetched as one (web/mail/sharedParts.ts). */
export { CommentForm } from './CommentForm.tsx';
export { Comments } from './Comments.tsx';
export { ConversationBar } from './ConversationBar.tsx';
export { RowMarks } from './RowMarks.tsx';
export { WorkFilter } from './WorkFilter.tsx';
