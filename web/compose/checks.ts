/** What is looked at before a message is sent, in words: what makes it impossible, and what may have been forgotten. */
import { t } from '#web/words/compose.ts';
import type { ComposerView } from './composer.ts';
import { ownPlainText, ownText } from './html/text.ts';
import { promisedAttachment } from './plan/attachmentWords.ts';
import { checkDraft } from './plan/email.ts';

/** What makes sending impossible. */
export function hardProblems({ draft, uploads }: ComposerView): readonly string[] {
  const { invalid, hasRecipient } = checkDraft(draft);
  const list = invalid.map(({ email }) => email).join(', ');
  return [
    ...(hasRecipient ? [] : [t('check.noRecipient')]),
    ...(invalid.length > 0 ? [t('check.invalid', { count: invalid.length, list })] : []),
    ...(uploads.some((it) => it.failure === undefined) ? [t('check.uploading')] : []),
    ...(uploads.some((it) => it.failure !== undefined) ? [t('check.failedUpload')] : []),
  ];
}

/** What the person may have forgotten. */
export function softProblems({ draft }: ComposerView): readonly string[] {
  const own = draft.body.kind === 'rich' ? ownText(draft.body.doc) : ownPlainText(draft.body.text);
  const isForward = draft.relation?.kind === 'forward';
  const words = draft.attachments.some((it) => it.cid === null)
    ? undefined
    : promisedAttachment(isForward ? own : `${draft.inReplyTo.length > 0 ? '' : draft.subject}\n${own}`);
  return [
    ...(checkDraft(draft).hasSubject ? [] : [t('check.noSubject')]),
    ...(words === undefined ? [] : [t('check.noAttachment', { words })]),
  ];
}
