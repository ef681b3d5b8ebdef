import { execFileSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Path of the Chromium that is installed. */
const executablePath: string | undefined = NAMES.flatMap((name) => {
  try {
    return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return [];
  }
})[0];

/** Starts a headless Chromium. Turns off subpixel rendering of text, which makes screenshots larger. */
export async function launchChromium(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('Chromium is missing (apt-get install chromium)');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-lcd-text'] });
}

/** `describe` for tests in Chromium. Where it is missing, they are skipped with a notice. */
export function describeInChromium(subject: string, tests: () => void): void {
  if (executablePath === undefined) {
    process.stderr.write(`No Chromium: the tests of ${subject} are skipped (apt-get install chromium)\n`);
  }
  (executablePath === undefined ? describe.skip : describe)(`${subject} in Chromium`, tests);
}
