import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A JSON object in a request or response. */
export type Wire = Record<string, unknown>;

/** The data of the fake service: the responses for one tuning job. */
export interface FakeData {
  /** The response of DescribeHyperParameterTuningJob. */
  readonly tuningJob: Wire;
  /** Summaries of the tuning job's training jobs, in order of creation. */
  readonly trainingJobs?: readonly Wire[];
  /** Responses of DescribeTrainingJob, by training job name. */
  readonly details?: Readonly<Record<string, Wire>>;
  /** Training jobs for which DescribeTrainingJob is denied. */
  readonly denied?: readonly string[];
  /**
   * An operation that fails, for all training jobs or only for one. The error has nothing to do with the training job.
   */
  readonly refuses?: { readonly operation: string; readonly onlyFor?: string };
  /** The number of requests that are throttled before a request succeeds. */
  readonly throttle?: number;
}

export interface FakeCall {
  readonly operation: string;
  readonly input: Wire;
}

export interface FakeSageMaker {
  readonly endpoint: string;
  readonly calls: FakeCall[];
  close(): Promise<void>;
}

class FakeError extends Error {
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

/** Serves the three operations that the functions call, over JSON 1.1 like SageMaker. */
export async function startFakeSageMaker(data: FakeData): Promise<FakeSageMaker> {
  const calls: FakeCall[] = [];
  let toThrottle = data.throttle ?? 0;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target']).replace('SageMaker.', '');
      const input = JSON.parse(body) as Wire;
      calls.push({ operation, input });
      let status = 200;
      let answer: Wire;
      try {
        if (toThrottle-- > 0) {
          throw new FakeError('ThrottlingException', 'Rate exceeded');
        }
        answer = respond(data, operation, input);
      } catch (error) {
        if (!(error instanceof FakeError)) {
          throw error;
        }
        status = 400;
        answer = { __type: error.type, message: error.message };
      }
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function respond(data: FakeData, operation: string, input: Wire): Wire {
  const { refuses } = data;
  if (
    refuses?.operation === operation &&
    (refuses.onlyFor ?? input['TrainingJobName']) === input['TrainingJobName']
  ) {
    throw new FakeError('ValidationException', 'refused');
  }
  switch (operation) {
    case 'DescribeHyperParameterTuningJob':
      checkTuningJob(data, input);
      return data.tuningJob;
    case 'ListTrainingJobsForHyperParameterTuningJob':
      checkTuningJob(data, input);
      return list(data.trainingJobs ?? [], input);
    case 'DescribeTrainingJob': {
      const name = String(input['TrainingJobName']);
      if (data.denied?.includes(name)) {
        throw new FakeError(
          'AccessDeniedException',
          `not authorized to perform: sagemaker:DescribeTrainingJob on ${name}`,
        );
      }
      const details = data.details?.[name];
      if (details === undefined) {
        throw new FakeError('ValidationException', 'Requested resource not found.');
      }
      return details;
    }
    default:
      throw new FakeError('UnknownOperationException', operation);
  }
}

function checkTuningJob(data: FakeData, input: Wire): void {
  if (input['HyperParameterTuningJobName'] !== data.tuningJob['HyperParameterTuningJobName']) {
    throw new FakeError(
      'ResourceNotFound',
      "Amazon SageMaker can't find a tuning job with this name in your account.",
    );
  }
}

/**
 * Filters, sorts and paginates like ListTrainingJobsForHyperParameterTuningJob. `NaN` comes first, which is the worst
 * case for a caller that wants the best value.
 */
function list(trainingJobs: readonly Wire[], input: Wire): Wire {
  const size = (input['MaxResults'] as number | undefined) ?? 10;
  if (size < 1 || size > 100) {
    throw new FakeError('ValidationException', 'MaxResults must be from 1 to 100');
  }
  let found = trainingJobs.filter(
    (job) => input['StatusEquals'] === undefined || job['TrainingJobStatus'] === input['StatusEquals'],
  );
  if (input['SortBy'] === 'FinalObjectiveMetricValue') {
    const value = (job: Wire) =>
      (job['FinalHyperParameterTuningJobObjectiveMetric'] as Wire | undefined)?.['Value'];
    const sign = input['SortOrder'] === 'Descending' ? -1 : 1;
    const rank = (job: Wire) => {
      const number = value(job);
      return typeof number === 'number' ? sign * number : Number.NEGATIVE_INFINITY;
    };
    found = found.filter((job) => value(job) !== undefined).sort((a, b) => rank(a) - rank(b) || 0);
  }
  const start = Number(input['NextToken'] ?? 0);
  const end = start + size;
  return {
    TrainingJobSummaries: found.slice(start, end),
    ...(end < found.length && { NextToken: String(end) }),
  };
}
