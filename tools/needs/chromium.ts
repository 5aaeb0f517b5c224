/** The browser of the browser tests: Debian's chromium, or the one that PLI_TEST_CHROMIUM names. */
import { firstThatExists, need } from './packages.ts';

/** @returns the path of the program. @throws {Error} when it is missing and cannot be installed from here. */
export function needChromium(): string {
  const named = process.env['PLI_TEST_CHROMIUM'];
  return named || need('Chromium', 'chromium', () => firstThatExists('/usr/bin/chromium', '/usr/bin/chromium-browser'));
}
