/** A headless Chromium for the browser tests, that speaks to nobody on its own account. */
import { getuid } from 'node:process';
import { chromium, type Browser } from 'playwright-core';
import { needChromium } from '#tools/needs/chromium.ts';

const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
];

/** @throws {Error} when Chromium is missing and cannot be installed from here. The caller closes the browser. */
export function launchChromium(): Promise<Browser> {
  // Chromium's own sandbox needs a user namespace that root does not get.
  const args = getuid?.() === 0 ? [...quiet, '--no-sandbox'] : quiet;
  return chromium.launch({ executablePath: needChromium(), args });
}
