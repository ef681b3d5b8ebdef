import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

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

/** `describe` for tests in Chromium. Without Chromium, they are skipped with a notice. */
export function describeInChromium(subject: string, tests: () => void): void {
  if (executablePath === undefined) {
    process.stderr.write(`No Chromium: the tests of ${subject} are skipped (apt-get install chromium)\n`);
  }
  (executablePath === undefined ? describe.skip : describe)(`${subject} in Chromium`, tests);
}

/** An open page, its console errors and its requests. */
export interface OpenPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** Opens a page from a file. Any request other than the one for the page itself is recorded as a problem. */
export async function openPage(
  browser: Browser,
  html: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const file = join(mkdtempSync(join(tmpdir(), 'page-')), 'page.html');
  writeFileSync(file, html);
  const url = pathToFileURL(file).href;
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
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
