import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderCsv } from './csv';
import { renderPage } from './page/render-page';
import type { Report } from './report-data';

export { buildAutoMlReport, buildTuningReport } from './build-report';

/** The files of a report, by name. */
export type ReportFiles = Readonly<Record<'report.html' | 'report.json' | 'training-jobs.csv', string>>;

/** Renders a report. The page's style sheet and script are beside the bundle: `lambda/bundle.mjs` puts them there. */
export function renderReport(report: Report): ReportFiles {
  const asset = (name: string) => readFileSync(join(__dirname, name), 'utf8');
  return {
    'report.html': renderPage(report, { css: asset('style.css'), js: asset('page.js') }),
    'report.json': `${JSON.stringify(report)}\n`,
    'training-jobs.csv': renderCsv(report),
  };
}
