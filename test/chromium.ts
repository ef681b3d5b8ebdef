import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Path of the installed Chromium. */
const executablePath: string | undefined = NAMES.flatMap((name) => {
  try {
    return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return [];
  }
})[0];

/** Starts a headless Chromium without subpixel text rendering, which would make screenshots larger. */
export async function launchChromium(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('Chromium is missing (apt-get install chromium)');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-lcd-text'] });
}

/** Opens a page from HTML text. Any request other than the one for the page itself is recorded as a problem. */
export type OpenPage = (html: string, options?: BrowserContextOptions) => Promise<OpenedPage>;

/** An open page, its console errors and its requests. */
export interface OpenedPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** How long a test waits for Chromium, in milliseconds. */
const PATIENCE = 150_000;

/** How long Chromium may take to close a page before it counts as hung, in milliseconds. */
const CLOSING = 10_000;

/**
 * `describe` for tests in Chromium. Without Chromium, they are skipped with a notice. Chromium itself can hang on a busy
 * machine, so a test that fails runs once more, in a new browser if the old one hangs.
 */
export function describeInChromium(subject: string, tests: (open: OpenPage) => void): void {
  if (executablePath === undefined) {
    process.stderr.write(`No Chromium: the tests of ${subject} are skipped (apt-get install chromium)\n`);
  }
  (executablePath === undefined ? describe.skip : describe)(`${subject} in Chromium`, () => {
    jest.setTimeout(PATIENCE);
    jest.retryTimes(1, { logErrorsBeforeRetry: true });
    let browser: Promise<Browser> | undefined;
    const contexts: Promise<BrowserContext>[] = [];

    afterEach(async () => {
      const closed = Promise.all(contexts.splice(0).map(async (context) => (await context).close())).then(
        () => true,
        () => false,
      );
      if (await Promise.race([closed, wait(CLOSING, false, { ref: false })])) return;
      // Playwright kills the process later. The next test does not wait for that.
      browser?.then((hung) => hung.close()).catch(() => undefined);
      browser = undefined;
    });
    afterAll(async () => (await browser)?.close());

    tests(async (html, options) => {
      browser ??= launchChromium();
      const context = browser.then((opened) =>
        opened.newContext({ viewport: { width: 1280, height: 800 }, ...options }),
      );
      contexts.push(context);
      return openPage(await (await context).newPage(), html);
    });
  });
}

async function openPage(page: Page, html: string): Promise<OpenedPage> {
  const file = join(mkdtempSync(join(tmpdir(), 'page-')), 'page.html');
  writeFileSync(file, html);
  const url = pathToFileURL(file).href;
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  page.on('request', (request) => {
    if (request.url() !== url) complaints.push(`request ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}

/** The violations that axe-core finds: each rule with the first elements that violate it. */
export async function axeViolations(page: Page): Promise<(readonly [rule: string, elements: string[]])[]> {
  await page.evaluate(readFileSync(require.resolve('axe-core'), 'utf8'));
  const violations = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as {
    id: string;
    nodes: { html: string }[];
  }[];
  return violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)]);
}
