/**
 * What a browser test stands on: a whole server with the demonstration academy, a Chromium, and visitors, each with a
 * browser context of their own (another person, another device). A visitor's page is watched: an error on the
 * console, a refused content policy or a request to anybody but our server fails the test at `leave`.
 */
import assert from 'node:assert/strict';
import { env as shell } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { planLab, type Lab, type LabAccount, type Ready } from '#tools/lab.ts';
import { launchChromium } from '#tools/testing/chromium.ts';
import { copyDemoFolder } from '#tools/testing/demo-folder.ts';
import { temporaryFolder } from '#tools/testing/folder.ts';

/** Generous for a machine whose processors are taken away for a while: what has to come is waited for, not timed. */
export const patienceMs = 45_000;

/** So many times slower than this machine the pages are, to find what is right only where it is quick. */
const slower = Number(shell['PLI_TEST_SLOWER'] ?? 1);

export interface House {
  readonly lab: Lab;
  readonly ready: Ready;
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

export interface HouseOptions {
  readonly isLab?: boolean;
  /** Without the demonstration, accounts are made by `lab.addAccount`. */
  readonly isDemo?: boolean;
  /** Options of the server, as `PLI_…` variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts server and browser; out of laboratory mode the delays and limits of production hold. The client must have been built (`npm test` and `npm run build` do). */
export async function openHouse({ isLab = true, isDemo = true, env = {} }: HouseOptions = {}): Promise<House> {
  const folder = temporaryFolder();
  if (isDemo) copyDemoFolder(folder);
  const lab = planLab({ folder, isDemo, isLab, env });
  const [ready, browser] = await Promise.all([lab.start(), launchChromium()]);
  const close = async (): Promise<void> => {
    await browser.close();
    await lab.stop();
  };
  return { lab, ready, browser, close };
}

export interface Visitor {
  readonly page: Page;
  /** Closes the page. @throws {AssertionError} when something went wrong in it that nobody saw. */
  readonly leave: () => Promise<void>;
  /** Lets one complaint pass that the test provokes itself, such as the lost connection of a stopped server. */
  readonly expectComplaint: (fits: RegExp) => void;
}

/** A telephone of 2020: 360 × 780, touch. */
export const phone: BrowserContextOptions = { viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true };

export interface VisitOptions extends BrowserContextOptions {
  /** The address they open; the front page unless said. */
  readonly at?: string;
  /** What they chose in this browser before: `theme`, `language`. */
  readonly chosen?: Readonly<Record<string, string>>;
}

/** Somebody opens a browser on the front page. French, in Paris, on a laptop, unless said otherwise. */
export async function visit(house: House, { at = '/', chosen, ...options }: VisitOptions = {}): Promise<Visitor> {
  const context = await house.browser.newContext({
    baseURL: house.ready.url,
    locale: 'fr-FR',
    timezoneId: 'Europe/Paris',
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(patienceMs);
  if (slower > 1) context.on('page', slowDown);
  if (chosen) {
    // What is chosen in the page later stays; the frame of a message has no storage.
    await context.addInitScript(
      `if (self === top) localStorage['pli.preferences'] ??= ${JSON.stringify(JSON.stringify(chosen))}`,
    );
  }
  const page = await context.newPage();
  const complaints: string[] = [];
  const expected: RegExp[] = [];
  const ours = new URL(house.ready.url).host;
  page.on('console', (message) => {
    // The browser itself remarks on the answer "nobody is logged in", which is how the page asks.
    const isAsking = message.location().url.endsWith('/.well-known/jmap') && message.text().includes('401');
    if (message.type() === 'error' && !isAsking)
      complaints.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`));
  page.on('request', (request) => {
    const { host, protocol } = new URL(request.url());
    if (/^(?:https?|wss?):$/.test(protocol) && host !== ours)
      complaints.push(`a request to a third party: ${request.url()}`);
  });
  await page.goto(at);
  return {
    page,
    expectComplaint: (fits) => expected.push(fits),
    leave: async () => {
      await context.close();
      const unexpected = complaints.filter((complaint) => !expected.some((fits) => fits.test(complaint)));
      assert.deepEqual(unexpected, []);
    },
  };
}

function slowDown(page: Page): void {
  const throttle = async (): Promise<void> => {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: slower });
  };
  // A page that is closed meanwhile needs none.
  void throttle().catch(() => undefined);
}

/** One of the persons there were at the start: those of the demonstration, by their number. */
export function personOf({ ready }: House, index = 0): LabAccount {
  const account = ready.accounts[index];
  assert.ok(account);
  return account;
}

/** Signs in on the login page, by its labels. */
export async function signIn(page: Page, account: LabAccount): Promise<void> {
  await page.getByRole('textbox', { name: /identifiant|user name/i }).fill(account.userName);
  await page.getByLabel(/^(?:mot de passe|password)$/i).fill(account.password);
  await page.getByRole('button', { name: /^(?:se connecter|log in)$/i }).click();
}

/**
 * Asks until `holds` throws no longer. A page renders when it comes to it: what a locator's own `waitFor` cannot wait
 * for (a number, a value, the focus) is true a moment after the action and not with it.
 *
 * @throws what `holds` threw last, once patience is at an end.
 */
export async function eventually(holds: () => Promise<void>, withinMs = patienceMs): Promise<void> {
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      return await holds();
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await sleep(25);
  }
}

/** There are so many, soon. */
export const becomeMany = (locator: Locator, many: number): Promise<void> =>
  eventually(async () => assert.equal(await locator.count(), many, `how many of ${String(locator)}`));

/** The keyboard goes on there, soon. */
export const getsFocus = (locator: Locator): Promise<void> => locator.and(locator.page().locator(':focus')).waitFor();

/** The keyboard is somewhere in it, soon: a key pressed before goes to what stands behind a dialog. */
export const hasFocusWithin = (locator: Locator): Promise<void> =>
  locator.and(locator.page().locator(':focus-within')).waitFor();

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** What can change with the colours alone. */
const colourRules = ['color-contrast', 'link-in-text-block'];

/**
 * Holds the page as it stands against WCAG 2.2 AA.
 *
 * @throws {AssertionError} with each rule broken and the elements that break it.
 */
export async function checkAccessibility(page: Page, rules: readonly string[] = standards): Promise<void> {
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) await page.evaluate(axe.source);
  // Colours that are still on their way would be measured; what turns for ever is not waited for.
  await page.evaluate(`Promise.allSettled(document.getAnimations()
    .filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity).map((one) => one.finished))`);
  const found: unknown = await page.evaluate(
    `axe.run({
        runOnly: ${JSON.stringify(rules)},
        // What passes is not told of, nor where it stands: a third of the work.
        resultTypes: ['violations'],
        selectors: false,
      })
      .then(({ violations }) => violations.map(({ id, help, nodes }) => id + ': ' + help + '\\n  ' + nodes.map(({ html }) => html).join('\\n  ')))`,
  );
  assert.deepEqual(found, []);
}

/**
 * Holds it against the rules in each look, the first one whole, of the others what colours change. The last one stays.
 *
 * @throws {AssertionError} as checkAccessibility.
 */
export async function checkThemes(
  page: Page,
  themes: readonly string[] = ['light', 'contrast', 'dark'],
): Promise<void> {
  for (const theme of themes) {
    // As another tab tells that it was chosen there.
    await page.evaluate(`localStorage['pli.preferences'] = ${JSON.stringify(JSON.stringify({ theme }))};
      dispatchEvent(new StorageEvent('storage', { key: 'pli.preferences' }));`);
    await page.locator(`html[data-theme='${theme}']`).waitFor();
    await checkAccessibility(page, theme === themes[0] ? standards : colourRules).catch((error: unknown) => {
      throw new Error(`in ${theme}`, { cause: error });
    });
  }
}
