/** What the server refused, in words that say what to do. */
import { showToast } from '#web/ui/toasts.ts';
import { t } from '#web/words/console.ts';

export function refusalText(type: string): string {
  switch (type) {
    case 'forbidden':
      return t('refused.forbidden');
    case 'invalidArguments':
    case 'notFound':
      return t('refused.gone');
    case 'serverUnavailable':
    case 'rateLimit':
      return t('refused.busy');
    case 'stepUpNeeded':
      return t('refused.proof');
    case 'awaitsApproval':
      return t('refused.awaits');
    case 'requestTooLarge':
    case 'tooManyRecipients':
      return t('refused.tooMany');
    case 'alreadyExists':
      return t('grantTwice');
    case 'offline':
      return t('refused.offline');
    default:
      return t('refused.other', { type });
  }
}

/** Whether it is kept for a second administrator; who asked is told so, and has nothing more to do. */
export function isKept(type: string): boolean {
  if (type === 'awaitsApproval') showToast(refusalText(type));
  return type === 'awaitsApproval';
}
