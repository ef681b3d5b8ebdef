// Takes the screenshots that the README shows: runs `npm run local` in a pseudo-terminal, then opens the report and the terminal's
// output in Chromium. xterm.js interprets the output, so the screenshot shows what a terminal shows.
//
//   npm run docs:screenshots
//
// Needs Chromium and `script` (util-linux).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../../test/chromium';

const PROJECT = join(__dirname, '../..');
const XTERM = join(PROJECT, 'node_modules/@xterm/xterm');
const MAX_BYTES = 200_000;

/** The terminal's size: large enough for all columns of the default run's table, and for all lines of the output. */
const TERMINAL = { cols: 100, rows: 100 };
const TERMINAL_OPTIONS = {
  ...TERMINAL,
  fontFamily: 'DejaVu Sans Mono, monospace',
  fontSize: 16,
  theme: { background: '#fff', foreground: '#1f2328', cursor: '#fff', green: '#1a7f37' },
};
/** Margin around the content of a screenshot, in pixels. */
const MARGIN = 16;

async function takeScreenshots(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'screenshots-'));
  const browser = await launchChromium();
  try {
    const output = runInTerminal(root);
    const [, report = ''] = /^Report: (.*)\r$/m.exec(output) ?? [];
    save('report.png', await screenshotOfReport(browser, report));
    save('terminal.png', await screenshotOfTerminal(browser, output));
  } finally {
    await browser.close();
    rmSync(root, { recursive: true });
  }
}

/** Runs the default search. @returns the output of the search in a terminal, with the control sequences */
function runInTerminal(root: string): string {
  const { cols, rows } = TERMINAL;
  const command = `stty cols ${cols} rows ${rows} && npm run --silent local -- --root '${root}'`;
  return execFileSync('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: PROJECT,
    encoding: 'utf8',
    env: { ...process.env, TERM: 'xterm-256color' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Takes a screenshot of the report, from its title to the section "What the numbers say". */
async function screenshotOfReport(browser: Browser, file: string): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 }, colorScheme: 'light' });
  await page.goto(pathToFileURL(file).href);
  const last = await page.locator('.reading').boundingBox();
  if (last === null) throw new Error(`${file} has no section "What the numbers say"`);
  return page.screenshot({ clip: { x: 0, y: 0, width: 1280, height: last.y + last.height + MARGIN } });
}

/** Takes a screenshot of the table of training jobs, after the last job has ended. */
async function screenshotOfTerminal(browser: Browser, output: string): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 2000 } });
  await page.addStyleTag({ path: join(XTERM, 'css/xterm.css') });
  await page.addScriptTag({ path: join(XTERM, 'lib/xterm.js') });
  const table = output.slice(0, output.search(/^.*\r\n {2}Name /m));
  const rows: number = await page.evaluate(`
    document.body.style.margin = '${MARGIN}px';
    const terminal = new Terminal(${JSON.stringify(TERMINAL_OPTIONS)});
    terminal.open(document.body);
    new Promise((resolve) => terminal.write(${JSON.stringify(table)}, resolve)).then(() => terminal.buffer.active.cursorY);`);
  const screen = await page.locator('.xterm-screen').boundingBox();
  if (screen === null || rows === 0) throw new Error(`The output has no table of training jobs:\n${output}`);
  const height = (screen.height / TERMINAL.rows) * rows + 2 * MARGIN;
  return page.screenshot({ clip: { x: 0, y: 0, width: screen.width + 2 * MARGIN, height } });
}

function save(name: string, image: Buffer): void {
  if (image.length > MAX_BYTES) throw new Error(`${name} has ${image.length} bytes, more than ${MAX_BYTES}`);
  writeFileSync(join(__dirname, name), image);
  console.log(`${name}: ${Math.ceil(image.length / 1000)} KB`);
}

takeScreenshots().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
