import { DescribeAutoMLJobV2Command } from '@aws-sdk/client-sagemaker';
import { listCandidates } from '../../shared/automl-candidates';
import type { ReportClients } from '../clients';
import type { AutoMlReportInput } from '../input';

/** Reads an AutoML job, with at most six calls to SageMaker. */
export async function readAutoMlSearch(
  client: ReportClients['sagemaker'],
  autoMlJobName: string,
): Promise<Pick<AutoMlReportInput, 'autoMlJob' | 'candidates'>> {
  const autoMlJob = await client.send(new DescribeAutoMLJobV2Command({ AutoMLJobName: autoMlJobName }));
  return { autoMlJob, candidates: await listCandidates(client, autoMlJobName) };
}
