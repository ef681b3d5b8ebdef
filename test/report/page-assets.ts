import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { buildAutoMlReport, buildTuningReport } from '../../lambda/report/build-report';
import type { AutoMlReportInput, TuningReportInput } from '../../lambda/report/input';
import { renderPage } from '../../lambda/report/page/render-page';
import type { PageAssets } from '../../local/src/markup/page';

const REPORT = join(__dirname, '../../lambda/report');

/** The page's script and style sheet, built as in `lambda/bundle.mjs`. */
export function pageAssets(): PageAssets {
  const built = (file: string) =>
    buildSync({
      entryPoints: [join(REPORT, file)],
      bundle: true,
      minify: true,
      write: false,
      format: 'iife',
    }).outputFiles[0]?.text ?? '';
  return { js: built('client/main.ts'), css: built('page/style.css') };
}

const assets = pageAssets();

export function pageOf(input: TuningReportInput | AutoMlReportInput): string {
  const report = 'tuningJob' in input ? buildTuningReport(input) : buildAutoMlReport(input);
  return renderPage(report, assets);
}
