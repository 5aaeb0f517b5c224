/** What the server refused, in words (RFC 8620 §5.3, RFC 8621 §4.6 and §7.5). Everything typed is still there. */
import { t } from '#web/words/compose.ts';

export function refusalWords(type: string, addresses: readonly string[] = []): string {
  switch (type) {
    case 'overQuota':
      return t('refused.overQuota');
    case 'tooLarge':
    case 'requestTooLarge':
      return t('refused.tooLarge');
    case 'blobNotFound':
      return t('refused.blobNotFound');
    case 'invalidRecipients':
      return t('refused.recipients', { addresses: addresses.join(', ') });
    case 'noRecipients':
      return t('check.noRecipient');
    case 'tooManyRecipients':
      return t('refused.tooManyRecipients');
    case 'forbiddenMailFrom':
    case 'forbiddenFrom':
    case 'forbiddenToSend':
    case 'forbidden':
    case 'noIdentity':
      return t('refused.forbidden');
    case 'rateLimit':
      return t('refused.rateLimit');
    case 'noDrafts':
      return t('refused.noDrafts');
    default:
      return t('refused.other', { type });
  }
}
