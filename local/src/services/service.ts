import type { MapPlace } from '../states';
import type { ServiceModel } from './model/validator';

/** Who makes a call: the ARN of a role of the template, or of the person at the keyboard. */
export interface Principal {
  readonly arn: string;
  /** The task of a state machine for which the role makes the call, if it is for one. */
  readonly task?: TaskIdentity;
}

/** One try at a task of an execution. */
export interface TaskIdentity {
  readonly executionArn: string;
  /** The item of a Map that the task runs for, if it runs for one. */
  readonly place?: MapPlace;
  /** The same when the try is made again because local mode was interrupted, and only then. */
  readonly token: string;
}

/**
 * One AWS service. Both ways in (the HTTP endpoint and Step Functions' integrations) end here, so
 * that a rule holds for every caller.
 */
export interface Service {
  /** The service's name in SigV4 and in `aws-sdk:<name>` integrations, such as `sagemaker`. */
  readonly name: string;
  /** What its requests are like, where there is more than one kind. */
  readonly model?: ServiceModel;
  /**
   * Runs one operation.
   *
   * @param operation the API action in PascalCase, such as `DescribeTrainingJob`
   * @param input the request as the service model names it (PascalCase members)
   * @returns the response as the service model names it; times are epoch seconds
   * @throws AwsError as the service would answer
   */
  call(operation: string, input: Readonly<Record<string, unknown>>, caller: Principal): Promise<unknown>;
}
