import { axeViolations, describeInChromium } from '../../../test/chromium';
import { renderComparison } from '../../src/report/comparison-page';
import { HOSTILE, search } from './compared-search';

const SEARCHES = [
  search({ label: '0c6ee9ac-33ce-4a4b-86a5-4e15e7d6f3b8', values: [0.5, 0.4, 0.45, 0.3] }),
  search({ label: 'second', values: [0.6, undefined, 0.35, 0.31, 0.29] }),
  search({ label: 'other-objective', metric: 'validation:auc', type: 'Maximize', values: [0.7, 0.8] }),
];

describeInChromium('the page that compares searches', (open) => {
  describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
    test.each([1280, 360])('%d pixels wide', async (width) => {
      const viewport = { width, height: 800 };
      const { page, complaints } = await open(renderComparison(SEARCHES), {
        colorScheme,
        viewport,
      });
      expect(complaints).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await axeViolations(page)).toEqual([]);
    });
  });

  test('without JavaScript, the page shows all charts and tables', async () => {
    const { page, complaints } = await open(renderComparison(SEARCHES), {
      javaScriptEnabled: false,
    });
    expect(complaints).toEqual([]);
    expect(await page.locator('svg').count()).toBe(2);
    expect(await page.locator('tbody tr').count()).toBe(4);
  });

  test('long strings and strings that look like markup are shown as text', async () => {
    const searches = [search({ label: HOSTILE, metric: HOSTILE }), search({ label: 'x'.repeat(2500) })];
    const { page, complaints } = await open(renderComparison(searches));
    expect(complaints).toEqual([]);
    expect(await page.locator('tbody a').first().textContent()).toBe(HOSTILE);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(1280);
  });
});
