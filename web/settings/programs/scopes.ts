/** What an app password may do, in words. */
import { t } from '#web/words/programs.ts';

/** Of a scope this page does not know, its name: better than silence about what somebody is allowed. */
export function scopeWords(scope: string): string {
  switch (scope) {
    case 'mail':
      return t('scope.mail');
    case 'submission':
      return t('scope.submission');
    case 'calendars':
      return t('scope.calendars');
    case 'contacts':
      return t('scope.contacts');
    default:
      return scope;
  }
}
