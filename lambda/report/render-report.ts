import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderCsv } from './csv';
import { renderPage } from './page/render-page';
import type { Report } from './report-data';

/** The files of a report, by name. */
export type ReportFiles = Readonly<Record<'report.html' | 'report.json' | 'training-jobs.csv', string>>;

/**
 * Renders a report.
 *
 * @param folder folder with the page's style sheet and script: the bundle that `lambda/bundle.mjs` creates
 */
export function renderReport(report: Report, folder: string): ReportFiles {
  const asset = (name: string) => readFileSync(join(folder, name), 'utf8');
  return {
    'report.html': renderPage(report, { css: asset('style.css'), js: asset('page.js') }),
    'report.json': `${JSON.stringify(report)}\n`,
    'training-jobs.csv': renderCsv(report),
  };
}
