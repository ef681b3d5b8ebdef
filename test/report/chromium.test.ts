import type { BrowserContextOptions, Page } from 'playwright-core';
import type { TuningReportInput } from '../../lambda/report/input';
import { axeViolations, describeInChromium } from '../chromium';
import { pageOf } from './page-assets';
import {
  classifiedRun,
  defaultRun,
  evaluatedRun,
  HOSTILE_TEXTS,
  hostileSearch,
  largeSearch,
  oddSearches,
} from './searches';

/** CSS pixels between the margins of an A4 page in landscape. */
const LANDSCAPE = 1031;

/**
 * Waits until the page has been drawn. Only then does the page know which charts are near the window. Does not wait
 * longer than a second, because Chromium may draw no frames for a while.
 */
const NEXT_FRAME = `new Promise((resolve) => {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)));
  setTimeout(resolve, 1000);
})`;

describeInChromium("the report's page", (openPage) => {
  const open = (input: TuningReportInput, options?: BrowserContextOptions) =>
    openPage(pageOf(input), options);

  /** Scrolls through the whole page, so that all charts become interactive. */
  async function seeAll(page: Page): Promise<void> {
    const height = await page.evaluate('document.body.scrollHeight');
    for (let y = 0; y < Number(height); y += 1000) {
      await page.evaluate(`scrollTo(0, ${y})`);
      await page.evaluate(NEXT_FRAME);
    }
    await page.evaluate('scrollTo(0, 0)');
  }

  const rowsOf = (page: Page) => page.locator('#job-table tbody tr:visible');

  describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
    test.each([
      [1280, 'numbers', evaluatedRun()],
      [360, 'numbers', evaluatedRun()],
      [360, 'classes', classifiedRun()],
    ])('%d pixels wide, with an evaluation of %s', async (width, _problem, input) => {
      const { page, complaints } = await open(input, { colorScheme, viewport: { width, height: 800 } });
      await seeAll(page);
      expect(complaints).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await axeViolations(page)).toEqual([]);
    });
  });

  test('without JavaScript, the page still has all charts and jobs', async () => {
    const { page, complaints } = await open(defaultRun(), { javaScriptEnabled: false });
    expect(complaints).toEqual([]);
    expect(await page.locator('figure svg').count()).toBeGreaterThan(12);
    expect(await page.locator('#job-table tbody tr').count()).toBe(20);
    expect(await page.locator('button').count()).toBe(0);
  });

  test('without scrolling, the page shows how good the final model is on test data', async () => {
    const { page } = await open(evaluatedRun(), { viewport: { width: 1280, height: 800 } });
    const verdict = page.locator('.verdict');
    expect(await verdict.textContent()).toBe(
      'On test data: rmse 0.412 (0.391–0.433), baseline 1.234. The gate did not pass.',
    );
    const { y = 800 } = (await verdict.boundingBox()) ?? {};
    expect(y).toBeLessThan(300);
    await verdict.locator('a').click();
    expect(await page.locator('h2#evaluation').boundingBox()).toMatchObject({ y: expect.closeTo(0, -2) });
  });

  test('jobs are sorted and filtered', async () => {
    const { page } = await open(largeSearch(60, 3));
    const firsts = async () => (await rowsOf(page).first().locator('td').nth(1).textContent()) ?? '';
    await page.getByRole('button', { name: 'validation:rmse', exact: true }).click();
    expect(await page.locator('#job-table [aria-sort=ascending]').count()).toBe(1);
    const best = await page.locator('#job-table tr.best td').nth(1).textContent();
    expect(await firsts()).toBe(best);
    await page.getByLabel('Status', { exact: true }).selectOption('Failed');
    expect(await rowsOf(page).count()).toBe(2);
    await page.getByLabel('Status', { exact: true }).selectOption('');
    await page.getByLabel('Find in all columns').fill('out of memory');
    expect(await rowsOf(page).count()).toBe(2);
  });

  test('selected jobs can be compared side by side and copied', async () => {
    const { page, complaints } = await open(defaultRun(), {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.getByLabel('Compare job 3').check();
    await page.getByLabel('Compare job 19').check();
    expect(await page.locator('.compared thead th').count()).toBe(2);
    expect(await page.locator('.compared tr.differs').count()).toBe(9);
    await page.locator('#compared').getByRole('button', { name: 'Copy as JSON' }).click();
    const copied = JSON.parse(String(await page.evaluate('navigator.clipboard.readText()')));
    expect(copied.map(({ number }: { number: number }) => number)).toEqual([3, 19]);
    expect(copied[1].hyperparameters.eta).toBe('0.03370166290338952');
    await page.getByRole('button', { name: 'Clear selection' }).click();
    expect(await page.locator('.compared').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('an interval on an axis selects jobs, with the pointer and with the keyboard', async () => {
    const { page, complaints } = await open(defaultRun());
    const axis = page.getByRole('button', { name: 'Choose an interval of max_depth' });
    await page.locator('.parallel').scrollIntoViewIfNeeded();
    await axis.scrollIntoViewIfNeeded();
    const box = await axis.boundingBox();
    if (!box) throw new Error('the axis cannot be seen');
    const x = box.x + box.width / 2;
    await page.mouse.move(x, box.y + 3);
    await page.mouse.down();
    await page.mouse.move(x, box.y + 40, { steps: 3 });
    await page.mouse.up();
    const chosen = await rowsOf(page).count();
    expect(chosen).toBeGreaterThan(0);
    expect(chosen).toBeLessThan(20);
    await page.getByRole('button', { name: 'Clear intervals' }).click();
    expect(await rowsOf(page).count()).toBe(20);
    await axis.focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Shift+ArrowDown');
    expect(await rowsOf(page).count()).toBeLessThan(20);
    expect(await page.locator('#announcement').textContent()).toMatch(/^\d+ of 20 jobs match$/);
    await page.keyboard.press('Escape');
    expect(await rowsOf(page).count()).toBe(20);
    expect(complaints).toEqual([]);
  });

  test('a job at the pointer has a tooltip, and is highlighted in all charts', async () => {
    const { page } = await open(defaultRun());
    await seeAll(page);
    await page.locator('.objective .plot').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.tooltip').textContent()).toContain('Job 2');
    expect(await page.locator('.slice .highlight').count()).toBe(9);
    await page.keyboard.press('Enter');
    expect(await page.locator('.compared thead th').count()).toBe(1);
  });

  test("a page keeps the user's choices and the focus after a reload", async () => {
    const { page, complaints } = await open(largeSearch(60, 3));
    await page.getByLabel('Compare job 3', { exact: true }).check();
    const sort = page.locator('#job-table .sort', { hasText: 'validation:rmse' });
    await sort.click();
    await sort.click();
    await page.locator('.parallel').scrollIntoViewIfNeeded();
    await page.locator('.brush-area').first().focus();
    await page.keyboard.press('ArrowUp');
    const search = page.getByLabel('Find in all columns');
    await search.pressSequentially('comp');
    const shown = await rowsOf(page).allTextContents();
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.length).toBeLessThan(60);
    await page.reload();
    expect(await rowsOf(page).allTextContents()).toEqual(shown);
    expect(await page.locator('.compared thead th').count()).toBe(1);
    expect(await page.locator('#job-table [aria-sort=descending]').count()).toBe(1);
    await page.keyboard.type('letely different');
    expect(await search.inputValue()).toBe('completely different');
    expect(await page.locator('.brush').count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test('each earlier tuning job of a warm start has its own chart, and its own color in the other charts', async () => {
    const { page, complaints } = await open(oddSearches()['five parents'] as TuningReportInput);
    await seeAll(page);
    expect(complaints).toEqual([]);
    const names = Array.from({ length: 5 }, (_, index) => `parent-${index}`);
    expect(await page.locator('[data-chart^=parallel-parent] figcaption').allTextContents()).toEqual(names);
    expect(await page.locator('[data-chart^=slice]').first().locator('.dots.parent').count()).toBe(6);
    await page.locator('[data-chart=parallel-parent-2] .brush-area').first().focus();
    await page.keyboard.press('ArrowUp');
    expect(await rowsOf(page).count()).toBeLessThan(36);
  });

  test.each([
    ['9 hyperparameters', defaultRun()],
    ['30 hyperparameters', oddSearches()['30 hyperparameters']],
  ])('when printed, the table of jobs with %s fits on A4 in landscape', async (_case, input) => {
    const { page } = await open(input as TuningReportInput, { viewport: { width: LANDSCAPE, height: 700 } });
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    const pages = [...pdf.matchAll(/\/MediaBox \[0 0 (\d+)[\d.]* (\d+)/g)].map(([, width, height]) => [
      width,
      height,
    ]);
    expect(pages[0]).toEqual(['594', '841']);
    expect(pages.at(-1)).toEqual(['841', '594']);
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(LANDSCAPE);
  });

  test('750 jobs are interactive within a second on an idle machine', async () => {
    const { page } = await open(largeSearch(750, 9));
    await page.locator('.sort').first().waitFor();
    const interactive = Number(
      await page.evaluate('performance.getEntriesByName("interactive")[0].startTime'),
    );
    process.stderr.write(`750 jobs: interactive after ${Math.round(interactive)} ms\n`);
    expect(interactive).toBeLessThan(5_000);
  });

  test('hostile strings are shown as text', async () => {
    const { page, complaints } = await open(hostileSearch());
    await seeAll(page);
    await page.getByLabel('Compare job 1', { exact: true }).check();
    await page.getByLabel('Compare job 2', { exact: true }).check();
    await page.locator('.objective .plot').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(complaints).toEqual([]);
    const text = (await page.locator('#job-table').textContent()) ?? '';
    for (const hostile of HOSTILE_TEXTS.slice(0, 8)) expect(text).toContain(hostile);
    expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(1280);
  });

  test.each(Object.entries(oddSearches()))('an odd search: %s', async (_case, input) => {
    const { page, complaints } = await open(input);
    await seeAll(page);
    expect(complaints).toEqual([]);
    expect(await page.locator('h1').textContent()).toContain(input.tuningJob.HyperParameterTuningJobName);
  });
});
