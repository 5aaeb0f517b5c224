/** What a program or service may do, in words. */
import { t } from '#web/words/openid.ts';

const known = ['openid', 'profile', 'email', 'affiliation', 'offline_access', 'mail', 'submission'] as const;

/** Of a scope this page does not know, its name: better than silence about what somebody allows. */
export function mayText(scope: string): string {
  const named = known.find((one) => one === scope);
  return named === undefined ? scope : t(`may.${named}`);
}
