/** What the server refused, in words that say what to do. */
import { navigate } from 'wouter/use-browser-location';
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

/** Whether it is kept for a second administrator; who asked is told so, with the way there, and has nothing more to do. */
export function isKept(type: string): boolean {
  if (type !== 'awaitsApproval') return false;
  const follow = { label: t('refused.follow'), run: () => navigate('/console/approvals/own') };
  showToast(refusalText(type), { action: follow });
  return true;
}

/** Says what stood in the way of what was asked for by a button alone. @param text where the screen knows better. */
export function toastRefusal(type: string, text: (type: string) => string = refusalText): void {
  if (!isKept(type)) showToast(text(type), { tone: 'danger' });
}
