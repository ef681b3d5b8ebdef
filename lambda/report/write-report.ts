import { putObject } from '../shared/put-object';
import { rethrowTransient } from '../shared/transient-errors';
import type { ReportClients } from './clients';
import { textOf } from './error-text';
import type { ReportEvent } from './event';
import { makeReport } from './make-report';
import { type ReportFiles, renderReport } from './render-report';
import type { Links } from './report-data';

/** Result of the function, which becomes part of the state machine's output. */
export type ReportResult =
  | {
      /** S3 URI of the page. */
      readonly report: string;
      /** Billed seconds of all instances of all jobs; missing if they are unknown for a job. */
      readonly instanceSeconds?: number;
      /** Sentences about data that is missing from the report. */
      readonly notices?: readonly string[];
    }
  | { readonly report: null; readonly reportError: string };

/**
 * Creates and writes a report. Returns errors in the result, so that a report never makes an execution fail. Throws an
 * error only if a repeated invocation could succeed.
 */
export async function writeReport(
  clients: ReportClients,
  event: ReportEvent,
  { links, assets }: WriteOptions,
): Promise<ReportResult> {
  try {
    const report = await makeReport(clients, { ...event, links });
    const folder = `${event.output}${event.tuningJobName ?? event.autoMlJobName}/`;
    await Promise.all(
      Object.entries(renderReport(report, assets)).map(([name, body]) =>
        putObject(
          clients.s3,
          `${folder}${name}`,
          { body, contentType: CONTENT_TYPES[name as keyof ReportFiles] },
          event.encryptionKey,
        ),
      ),
    );
    const notices = [
      ...report.notices,
      ...(report.learningCurvesNotice ? [report.learningCurvesNotice] : []),
    ];
    return {
      report: `${folder}report.html`,
      ...(report.cost?.unknownJobs === 0 && { instanceSeconds: report.cost.billableSeconds }),
      ...(notices.length > 0 && { notices }),
    };
  } catch (error) {
    rethrowTransient(error);
    // Logs the error with its stack trace.
    console.error(error);
    return { report: null, reportError: textOf(error) };
  }
}

/** Links of the page, and the folder that contains its style sheet and script. */
export interface WriteOptions {
  readonly links: Links;
  readonly assets: string;
}

const CONTENT_TYPES: Readonly<Record<keyof ReportFiles, string>> = {
  'report.html': 'text/html; charset=utf-8',
  'report.json': 'application/json',
  'training-jobs.csv': 'text/csv; charset=utf-8',
};
