import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bucketsFolder } from '../assembly';
import { joinInside } from '../assembly/safe-path';
import type { ExecutionRecord } from '../executions/executions';
import { UserError } from '../user-error';

/** The fields of `report.json` that comparisons read. A field is missing if its value is unknown. */
export interface ReportData {
  readonly schemaVersion: 1;
  readonly search: { readonly name: string; readonly status: string; readonly strategy?: string };
  readonly objective: { readonly metric: string; readonly type: 'Minimize' | 'Maximize' };
  readonly definitions: readonly ReportDefinition[];
  /** The training jobs or candidates in the order of their creation, including jobs of warm-start parents. */
  readonly jobs: readonly ReportJob[];
  readonly bestJob?: string;
  /** The evaluation of the final model on test data. */
  readonly evaluation?: { readonly metrics: Readonly<Record<string, EvaluatedMetric>> };
  /** The decision of the quality gate. */
  readonly gate?: { readonly passed: boolean };
}

/** A metric of test data with its confidence interval. A field is null if it is undefined for the data. */
export interface EvaluatedMetric {
  readonly value: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** The search space of a search, or of one of its definitions. */
export interface ReportDefinition {
  readonly search: string;
  readonly name?: string;
  readonly ranges: readonly {
    readonly name: string;
    readonly scaling: string;
    readonly min?: number;
    readonly max?: number;
    readonly values?: readonly string[];
  }[];
}

/** A training job, or a candidate of an AutoML job. */
export interface ReportJob {
  readonly name: string;
  readonly status: string;
  /** Name of the tuning job that started the training job. */
  readonly search: string;
  readonly definition?: string;
  /** Final value of the objective metric. */
  readonly value?: number;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
}

/** The page of a search, or the summary of a fleet. */
const REPORT_URI = /s3:\/\/[^\s"]+\/(?:report|fleet)\.html/g;

/** The local path of an S3 object. */
export function localPath(root: string, uri: string): string {
  return joinInside(bucketsFolder(root), uri.replace(/^s3:\/\//, ''));
}

/** Paths of the report pages whose URIs are in an execution's output or in the cause of its failure. */
export function reportsOf({ output, cause }: ExecutionRecord, root: string): string[] {
  const uris = `${JSON.stringify(output ?? '')} ${cause ?? ''}`.match(REPORT_URI) ?? [];
  return [...new Set(uris)].map((uri) => localPath(root, uri)).filter((path) => existsSync(path));
}

/** Reads the `report.json` next to a page. @throws UserError for an unsupported schema version */
export function readReportData(page: string): ReportData {
  const file = join(dirname(page), 'report.json');
  const data = JSON.parse(readFileSync(file, 'utf8')) as ReportData;
  if (data.schemaVersion === 1) return data;
  throw new UserError(
    `${file} has schemaVersion ${data.schemaVersion}, but this version reads only 1: update cdk-sagemaker-tuning-local`,
  );
}
