/** A browser in words: "Firefox sur Windows". */
import { readUserAgent } from '#formats/http/user-agent.ts';
import { t } from '#web/words/security.ts';

export function deviceName(userAgent: string): string {
  const { browser = t('unknownBrowser'), system } = readUserAgent(userAgent);
  return system === undefined ? browser : t('device', { browser, system });
}
