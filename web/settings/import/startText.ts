/** Why an import could not begin, in words. */
import { t } from '#web/words/imports.ts';

/** @param type of the SetError (RFC 8620 §5.3). */
export function startText(type: string): string {
  switch (type) {
    case 'forbidden':
      return t('startForbidden');
    case 'rateLimit':
      return t('startTooMany');
    default:
      return t('startFailed', { type });
  }
}
