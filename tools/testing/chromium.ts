/** A headless Chromium for the browser tests, that speaks to nobody on its own account. */
import { getuid } from 'node:process';
import { chromium, type Browser } from 'playwright-core';
import { needChromium } from '#tools/needs/chromium.ts';

/**
 * Switched off: the address bar's own pages, of which each window opens two and nobody sees any, and the renderer kept
 * ready for a page that does not come; together a fifth of what a browser test costs. Only the last list that Chromium
 * is given holds, so that those of Playwright that matter on Linux stand here too.
 */
const features = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'SpareRendererForSitePerProcess',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];

const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
  `--disable-features=${features.join(',')}`,
];

/** @throws {Error} when Chromium is missing and cannot be installed from here. The caller closes the browser. */
export function launchChromium(): Promise<Browser> {
  // Chromium's own sandbox needs a user namespace that root does not get.
  const args = getuid?.() === 0 ? [...quiet, '--no-sandbox'] : quiet;
  return chromium.launch({ executablePath: needChromium(), args });
}
