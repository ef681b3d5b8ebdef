import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { ItemResult } from '../../lambda/summarize-fleet/fleet-data';
import { renderPage } from '../../lambda/summarize-fleet/page/render-page';
import { summarize, worstFirst } from '../../lambda/summarize-fleet/summarize';
import { axeViolations, describeInChromium } from '../chromium';
import { HOSTILE_TEXTS } from './searches';

const BUNDLE = join(__dirname, '../../lambda/summarize-fleet/bundle');
const asset = (name: string) => readFileSync(join(BUNDLE, name), 'utf8');

/** Every tenth item fails the quality gate. */
function itemOf(number: number): ItemResult {
  const hasFailed = number % 10 === 9;
  const folder = `store-${number}-0123456789abcdef/`;
  return {
    id: `store-${number}`,
    folder,
    status: hasFailed ? 'FAILED' : 'SUCCEEDED',
    ...(hasFailed && { error: 'QualityGateFailed', reason: `rmse is ${number}` }),
    bestTrainingJob: `stores-${number}-001`,
    objective: { metric: 'validation:rmse', type: 'Minimize', value: number / 100 },
    gatePassed: !hasFailed,
    modelPackage: `arn:aws:sagemaker:eu-west-1:1:model-package/stores-${number}/${(number % 12) + 1}`,
    report: `s3://data/output/reports/${folder}stores-${number}/report.html`,
    instanceSeconds: number,
  };
}

function pageOf(items: readonly ItemResult[]): string {
  const page = {
    execution: 'night',
    createdAt: '2026-11-29T10:00:00Z',
    fleet: summarize(items),
    items: worstFirst(items),
  };
  return renderPage(page, { css: asset('style.css'), js: asset('page.js') });
}

const shownRows = (page: Page) => page.locator('#item-table tbody tr:not([hidden])').count();

const many = (count: number) => Array.from({ length: count }, (_, number) => itemOf(number));

describeInChromium("the fleet's page", (open) => {
  test.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)('is accessible: %s, %d pixels wide', async (colorScheme, width) => {
    const { page, complaints } = await open(pageOf(many(30)), {
      colorScheme,
      viewport: { width, height: 800 },
    });
    expect(complaints).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await axeViolations(page)).toEqual([]);
  });

  test('finds and sorts 10,000 items', async () => {
    const { page, complaints } = await open(pageOf(many(10_000)));
    const rows = page.locator('#item-table tbody tr');
    const shown = page.locator('#item-tools span');
    expect(await rows.count()).toBe(10_000);
    expect(await shown.textContent()).toBe('the first 500 of 10000 shown');
    expect(await shownRows(page)).toBe(500);
    // Failed items come first. The first of these is the item with the worst objective value.
    expect(await rows.first().textContent()).toContain('store-9999FAILED');
    await page.getByRole('button', { name: 'Objective' }).click();
    expect(await rows.first().textContent()).toContain('store-0SUCCEEDED');
    await page.getByRole('button', { name: 'Model version' }).click();
    await page.getByRole('button', { name: 'Model version' }).click();
    expect(await rows.first().textContent()).toContain('failed12');
    await page.getByLabel('Find in all columns').fill('STORE-4711');
    expect(await shown.textContent()).toBe('1 of 10000 shown');
    const link = page.locator('#item-table tbody tr:visible a');
    expect(await link.getAttribute('href')).toBe(
      '../../../reports/store-4711-0123456789abcdef/stores-4711/report.html',
    );
    await page.getByLabel('Find in all columns').fill('');
    await page.getByLabel('Status').selectOption('FAILED');
    expect(await shown.textContent()).toBe('the first 500 of 1000 shown');
    await page.getByRole('button', { name: 'Show all 1000' }).click();
    expect(await shown.textContent()).toBe('1000 of 10000 shown');
    expect(await shownRows(page)).toBe(1000);
    expect(complaints).toEqual([]);
  });

  test('prints all items', async () => {
    const { page } = await open(pageOf(many(600)));
    expect(await shownRows(page)).toBe(500);
    await page.evaluate("window.dispatchEvent(new Event('beforeprint'))");
    expect(await shownRows(page)).toBe(600);
    await page.evaluate("window.dispatchEvent(new Event('afterprint'))");
    expect(await shownRows(page)).toBe(500);
  });

  test('shows strings that look like markup as text', async () => {
    const items = HOSTILE_TEXTS.map((text, number) => ({ ...itemOf(number), id: text, reason: text }));
    const { page, complaints } = await open(pageOf(items));
    expect(complaints).toEqual([]);
    expect(await page.locator('#item-table tbody tr').count()).toBe(items.length);
  });
});
