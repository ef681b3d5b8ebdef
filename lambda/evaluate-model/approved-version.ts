import { json } from 'node:stream/consumers';
import { DescribeModelPackageCommand, ListModelPackagesCommand } from '@aws-sdk/client-sagemaker';
import { locationOf } from '../shared/s3-location';
import { openObject } from '../shared/s3-objects';
import { isNotFound } from '../shared/sagemaker-errors';
import { rethrowTransient } from '../shared/transient-errors';
import type { EvaluationClients } from './clients';
import type { EvaluateModelEvent } from './event';

/** The newest approved version of a group of model packages. */
export interface ApprovedVersion {
  /**
   * Name of the version in messages, such as `version 3 of the group prices`. Ends with a note if the version was
   * evaluated on other test data.
   */
  readonly title: string;
  /** Content of the version's model-quality statistics; undefined if they cannot be read. */
  readonly statistics?: unknown;
  /** Why the statistics cannot be read. */
  readonly problem?: string;
}

/** Reads the newest approved version; undefined if there is none. */
export type ApprovedVersionReader = () => Promise<ApprovedVersion | undefined>;

export function approvedVersionReader(
  { s3, sagemaker }: EvaluationClients,
  { modelPackageGroup, details }: EvaluateModelEvent,
): ApprovedVersionReader {
  return async () => {
    const arn = await newestApproved(sagemaker, modelPackageGroup);
    if (arn === undefined) return undefined;
    const { ModelPackageVersion, ModelMetrics } = await sagemaker.send(
      new DescribeModelPackageCommand({ ModelPackageName: arn }),
    );
    const title = `version ${ModelPackageVersion ?? arn} of the group ${modelPackageGroup}`;
    const uri = ModelMetrics?.ModelQuality?.Statistics?.S3Uri;
    if (uri === undefined) return { title, problem: 'it was registered without model-quality statistics' };
    const read = await readStatistics(s3, uri);
    const isOther = isOtherTestData(read.statistics, details?.['test']);
    return { ...read, title: isOther ? `${title} (evaluated on other test data)` : title };
  };
}

/** Whether the approved version is known to have been evaluated on different test data than the new model. */
function isOtherTestData(statistics: unknown, test: string | undefined): boolean {
  const { source } = Object(statistics) as { readonly source?: { readonly test?: unknown } };
  return test !== undefined && source?.test !== undefined && source.test !== test;
}

/**
 * The ARN of the newest approved version; undefined if there is none. SageMaker can leave out unapproved versions after
 * it has read a page, so a page can be empty although a later page has an approved version.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListModelPackages.html
 */
async function newestApproved(
  sagemaker: EvaluationClients['sagemaker'],
  group: string | undefined,
): Promise<string | undefined> {
  let nextToken: string | undefined;
  try {
    do {
      const { ModelPackageSummaryList: [newest] = [], NextToken } = await sagemaker.send(
        new ListModelPackagesCommand({
          ModelPackageGroupName: group,
          ModelApprovalStatus: 'Approved',
          SortBy: 'CreationTime',
          SortOrder: 'Descending',
          MaxResults: 100,
          NextToken: nextToken,
        }),
      );
      if (newest !== undefined) return newest.ModelPackageArn;
      nextToken = NextToken;
    } while (nextToken);
    return undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function readStatistics(
  s3: EvaluationClients['s3'],
  uri: string,
): Promise<Omit<ApprovedVersion, 'title'>> {
  try {
    return { statistics: await json(await openObject(s3, locationOf(uri))) };
  } catch (error) {
    rethrowTransient(error);
    return { problem: `its statistics ${uri} cannot be read: ${(error as Error).message}` };
  }
}
