/**
 * A User-Agent (RFC 9110 §10.1.5) in two words: which browser, on which system. For lists people look at, in which they
 * should know their own devices again; it decides nothing, for anybody may write anything there.
 */
export interface UserAgent {
  readonly browser: string | undefined;
  readonly system: string | undefined;
}

/** In this order: each of these names others below it too. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOpera\//, 'Opera'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bThunderbird\//, 'Thunderbird'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|HeadlessChrome|Chromium)\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*\bSafari\//, 'Safari'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
];

/** Longer ones are read no further. */
const readCharacters = 500;

export function readUserAgent(text: string): UserAgent {
  const known = text.slice(0, readCharacters);
  const find = (names: typeof browsers): string | undefined => names.find(([fits]) => fits.test(known))?.[1];
  return { browser: find(browsers), system: find(systems) };
}
