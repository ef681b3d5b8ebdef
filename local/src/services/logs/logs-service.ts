import type { Environment } from '../../assembly/deployment';
import { AwsError } from '../aws-error';
import type { Authorizer } from '../iam/authorizer';
import * as model from '../model/logs-model.json';
import { type ServiceModel, validateAgainst } from '../model/validator';
import type { Jobs } from '../sagemaker/jobs/job-types';
import type { Input, OperationsOf, Service } from '../service';
import { filterLogEvents } from './filter-log-events';
import { type EventPage, eventsBefore, eventsFrom, type LogRange, within } from './log-events';
import { describeLogGroups } from './log-groups';
import { LOG_GROUPS, logGroupOf, logStreamArn, TRANSFORM_JOBS_GROUP } from './log-names';
import { type LogStream, streamOf } from './log-streams';
import { loggedTrainingJobs, loggedTransformJobs } from './logged-jobs';

/** Maximum and default number of streams per page. */
const PAGE_STREAMS = 50;

/** The permissions that a job's role needs to write its log. */
const WRITE_ACTIONS = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/** Dependencies of the service. */
export interface LogsServiceOptions {
  readonly root: string;
  readonly environment: Environment;
  readonly jobs: Pick<Jobs, 'training' | 'transform'>;
  readonly access: Pick<Authorizer, 'checkAccess'>;
}

/**
 * Amazon CloudWatch Logs, read-only: the logs of training and transform jobs. Each job has a single stream,
 * because local mode writes the lines of all its instances to one file. As on AWS, a job has no log if its role
 * lacks the permission to write it.
 */
export class LogsService implements Service {
  readonly name = 'logs';
  readonly model = model as ServiceModel;

  readonly operations: OperationsOf<typeof model> = {
    DescribeLogGroups: {
      run: (input) => {
        const groups = LOG_GROUPS.map((name) => ({ name, streams: this.streams(name, '') }));
        return describeLogGroups(groups, input, this.options.environment);
      },
    },
    FilterLogEvents: {
      run: (input) =>
        filterLogEvents(this.streams(logGroupOf(input), String(input['logStreamNamePrefix'] ?? '')), input),
    },
    DescribeLogStreams: { run: (input) => this.describeLogStreams(input) },
    GetLogEvents: { run: (input) => this.getLogEvents(input) },
  };

  constructor(private readonly options: LogsServiceOptions) {}

  /**
   * The resource of a request is a log stream. DescribeLogStreams names no stream, so its resource has an empty stream
   * name.
   */
  subject(input: Input) {
    const stream = String(input['logStreamName'] ?? '');
    return { resource: logStreamArn(this.options.environment, stream, logGroupOf(input)), context: {} };
  }

  validate(operation: string, input: Input): void {
    validateAgainst(this.model, operation, input);
    if (operation !== 'DescribeLogGroups') checkGroup(input);
  }

  private describeLogStreams(input: Input): unknown {
    const { logStreamNamePrefix: prefix = '', nextToken, limit } = input;
    const isByTime = input['orderBy'] === 'LastEventTime';
    if (isByTime && prefix !== '') {
      throw new AwsError(
        'InvalidParameterException',
        'Cannot order by LastEventTime with a logStreamNamePrefix.',
      );
    }
    const group = logGroupOf(input);
    const streams = this.streams(group, String(prefix)).map((stream) => this.describe(stream, group));
    streams.sort((left, right) =>
      isByTime
        ? left.lastEventTimestamp - right.lastEventTimestamp
        : compare(left.logStreamName, right.logStreamName),
    );
    if (input['descending'] === true) streams.reverse();
    const start = nextToken === undefined ? 0 : placeIn(String(nextToken), 's');
    const end = start + Number(limit ?? PAGE_STREAMS);
    return {
      logStreams: streams.slice(start, end),
      ...(end < streams.length && { nextToken: `s/${end}` }),
    };
  }

  private describe({ name, range }: LogStream, group: string) {
    const [first = range.since] = eventsFrom(range, 0, 1).events.map(({ timestamp }) => timestamp);
    const [last = first] = eventsBefore(range, range.end, 1).events.map(({ timestamp }) => timestamp);
    return {
      logStreamName: name,
      creationTime: range.since,
      firstEventTimestamp: first,
      lastEventTimestamp: last,
      lastIngestionTime: last,
      arn: logStreamArn(this.options.environment, name, group),
      // AWS has returned 0 as a stream's `storedBytes` since 2019.
      storedBytes: 0,
    };
  }

  private getLogEvents(input: Input): unknown {
    const name = String(input['logStreamName']);
    const [jobName = ''] = name.split('/');
    const stream = this.streams(logGroupOf(input), `${jobName}/`).find((each) => each.name === name);
    if (stream === undefined) {
      throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
    }
    const { events, start, end } = pageOf(stream.range, input);
    return { events, nextForwardToken: `f/${end}`, nextBackwardToken: `b/${start}` };
  }

  /**
   * The log streams whose names begin with a prefix, from one log group. A job that has printed nothing has no stream.
   */
  private streams(group: string, prefix: string): LogStream[] {
    const { jobs, root } = this.options;
    const [jobName = '', ...others] = prefix.split('/');
    const start = { jobName, isWhole: others.length > 0 };
    const logged =
      group === TRANSFORM_JOBS_GROUP
        ? loggedTransformJobs(jobs.transform, start)
        : loggedTrainingJobs(jobs.training, start);
    return logged
      .filter(({ name }) => name.startsWith(jobName))
      .flatMap((job) => {
        const stream = streamOf(root, job);
        return stream !== undefined && this.mayWrite(job.roleArn, stream.name, group) ? [stream] : [];
      })
      .filter(({ name }) => name.startsWith(prefix));
  }

  private mayWrite(roleArn: string, stream: string, group: string): boolean {
    const { access, environment } = this.options;
    try {
      for (const action of WRITE_ACTIONS) {
        access.checkAccess({ arn: roleArn }, action, logStreamArn(environment, stream, group));
      }
      return true;
    } catch {
      return false;
    }
  }
}

/** The requested events: from the start, from the end, or from the end of an earlier page. */
function pageOf(log: LogRange, input: Input): EventPage {
  const time = (member: string) => (input[member] === undefined ? undefined : Number(input[member]));
  const range = within(log, { from: time('startTime'), to: time('endTime') });
  const limit = input['limit'] === undefined ? undefined : Number(input['limit']);
  const token = input['nextToken'];
  if (token === undefined) {
    return input['startFromHead'] === true
      ? eventsFrom(range, range.start, limit)
      : eventsBefore(range, range.end, limit);
  }
  return String(token).startsWith('b/')
    ? eventsBefore(range, placeIn(String(token), 'b'), limit)
    : eventsFrom(range, placeIn(String(token), 'f'), limit);
}

function placeIn(token: string, kind: string): number {
  const [, given, place] = /^(\w)\/(\d+)$/.exec(token) ?? [];
  if (given !== kind) {
    throw new AwsError('InvalidParameterException', `The specified nextToken is invalid: ${token}`);
  }
  return Number(place);
}

function checkGroup(input: Input): void {
  if (input['logGroupName'] !== undefined && input['logGroupIdentifier'] !== undefined) {
    throw new AwsError(
      'InvalidParameterException',
      'LogGroup name and LogGroup ARN are mutually exclusive parameters.',
    );
  }
  if (LOG_GROUPS.includes(logGroupOf(input))) return;
  throw new AwsError(
    'ResourceNotFoundException',
    `The specified log group does not exist. (Local mode has only ${LOG_GROUPS.join(' and ')}.)`,
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
