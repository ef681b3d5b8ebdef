import { json } from 'node:stream/consumers';
import type { S3Client } from '@aws-sdk/client-s3';
import { defined } from '../shared/defined';
import { inParallel } from '../shared/in-parallel';
import { locationOf } from '../shared/s3-location';
import { hasObject, openObject } from '../shared/s3-objects';
import { rethrowTransient } from '../shared/transient-errors';
import type { ItemResult, Objective } from './fleet-data';
import { valuesOf } from './item-result';

/** Number of reports that are read at the same time. */
const PARALLEL_READS = 20;

/** The parts of `report.json` that the summary shows (lambda/report/report-data.ts). */
interface Report {
  readonly search?: { readonly name: string; readonly warmStart?: object };
  readonly objective?: Pick<Objective, 'metric' | 'type'>;
  readonly bestJob?: string;
  readonly jobs?: readonly { readonly name: string; readonly value?: number }[];
  readonly finalModel?: {
    readonly job: string;
    readonly metrics?: Readonly<Record<string, number>>;
    readonly modelArtifacts?: string;
  };
  readonly evaluation?: { readonly metrics: Readonly<Record<string, { readonly value: number | null }>> };
  readonly gate?: { readonly passed: boolean };
  readonly modelPackage?: { readonly arn: string };
  readonly cost?: { readonly billableSeconds?: number; readonly unknownJobs?: number };
}

/**
 * Adds data from the items' reports to the failed items. A child execution that fails has no output, but its report
 * contains, for example, the decision of the quality gate.
 *
 * @param startedFromLastSuccess folders of the items that were started to learn from their last success; undefined if
 * the fleet has no warm start from the last success
 */
export async function withReports(
  client: S3Client,
  items: readonly ItemResult[],
  startedFromLastSuccess: ReadonlySet<string> | undefined,
): Promise<ItemResult[]> {
  const all = [...items];
  await inParallel(items.entries(), PARALLEL_READS, async ([index, item]) => {
    const { folder, report: page, instanceSeconds } = item;
    if (page === undefined || instanceSeconds !== undefined) return;
    const resultOf = (read: Report): Partial<ItemResult> => ({
      ...resultsIn(read),
      // SageMaker may have refused the warm start, so that the search ran without it.
      ...(startedFromLastSuccess && {
        warmStarted: startedFromLastSuccess.has(folder) && read.search?.warmStart !== undefined,
      }),
    });
    all[index] = { ...item, ...(await readReport(client, page, resultOf)) };
  });
  return all;
}

async function readReport(
  client: S3Client,
  page: string,
  resultOf: (report: Report) => Partial<ItemResult>,
): Promise<Partial<ItemResult>> {
  const location = locationOf(page.replace(/report\.html$/, 'report.json'));
  try {
    return resultOf((await json(await openObject(client, location))) as Report);
  } catch (error) {
    rethrowTransient(error);
    // S3 can respond with Access Denied if the report is missing. The fields from a missing report are unknown.
    if (!(await hasObject(client, location))) return {};
    return { reportError: `${page} cannot be read: ${(error as Error).message}` };
  }
}

function resultsIn({
  search,
  objective,
  bestJob,
  jobs = [],
  finalModel: final,
  ...report
}: Report): Partial<ItemResult> {
  const { evaluation, gate, modelPackage, cost } = report;
  const value = jobs.find(({ name }) => name === bestJob)?.value;
  return defined({
    tuningJob: search?.name,
    bestTrainingJob: bestJob,
    objective: objective && value !== undefined ? { ...objective, value } : undefined,
    finalTrainingJob: final?.job,
    model: final?.modelArtifacts,
    metrics: final?.metrics,
    evaluation: evaluation && valuesOf(evaluation.metrics),
    gatePassed: gate?.passed,
    modelPackage: modelPackage?.arn,
    instanceSeconds: cost?.unknownJobs ? undefined : cost?.billableSeconds,
  });
}
