import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { DataLocation } from '../../data-location';
import { AUTOML_JOB, jobArn, passRole } from '../../private/job-policies';
import { innerExpression, jsonata } from '../../private/jsonata';
import { outputKey } from '../../private/output-key';
import { pollJob } from '../../private/poll-job';
import { waitForQuota } from '../../private/quota';
import { reportLocation } from '../../private/report-function';
import { endWithReport, writeReport } from '../../private/report-states';
import { retryFunction, retryJobCreation } from '../../private/retries';
import { type AutoMlRequestProps, autoMlRequest } from './automl-request';
import { configureAutoMlExpression } from './configure-automl';

/** Everything that the states of an AutoML job need. */
export interface AutoMlStatesProps extends AutoMlRequestProps {
  readonly checkDataFunction: lambda.IFunction;
  readonly findBestCandidateFunction: lambda.IFunction;
  readonly allowedInputLocations: DataLocation[];
  /** Function that writes the report; undefined if no report is written. */
  readonly reportFunction?: lambda.IFunction;
}

/** Default number of candidates. */
const DEFAULT_CANDIDATES = 20;

/** Creates and connects the states of an AutoML job. */
export class AutoMlStates {
  readonly start: sfn.State;
  readonly ends: sfn.INextable[];

  constructor(
    private readonly scope: Construct,
    private readonly props: AutoMlStatesProps,
  ) {
    const findBest = this.findBestCandidate();
    this.ends = [this.report(findBest)];
    const create = this.createAutoMlJob();
    create.next(this.waitForAutoMlJob(findBest));
    const checkData = this.checkData();
    checkData.next(create);
    this.start = this.configure(checkData);
  }

  /** Checks the input and sets the execution's settings. */
  private configure(next: sfn.State): sfn.State {
    const { props, scope } = this;
    const configure = sfn.Pass.jsonata(scope, 'Configure', {
      comment: 'Checks the input and fills in the defaults',
      outputs: jsonata(
        configureAutoMlExpression({
          input: innerExpression(props.input ?? jsonata('$states.input')),
          target: props.target,
          train: props.train.location.uri,
          validation: props.validation?.location.uri,
          takesValidation: props.validationFraction === undefined,
          maxCandidates: props.maxCandidates ?? DEFAULT_CANDIDATES,
          allowedInputLocations: props.allowedInputLocations.map((location) => location._uriPrefix),
        }),
      ),
    });
    const invalidInput = sfn.Fail.jsonata(scope, 'InvalidInput', {
      error: 'InvalidInput',
      cause: jsonata("$join($states.input.problems, '; ')"),
    });
    return configure.next(
      sfn.Choice.jsonata(scope, 'IsInputValid')
        .when(sfn.Condition.jsonata(jsonata('$exists($states.input.problems)')), invalidInput)
        .otherwise(next),
    ).startState;
  }

  /** Checks the data for problems that would make the job fail after several paid minutes. */
  private checkData(): tasks.LambdaInvoke {
    const { train, problemType, sampleWeightColumn } = this.props;
    const check = tasks.LambdaInvoke.jsonata(this.scope, 'CheckData', {
      lambdaFunction: this.props.checkDataFunction,
      payload: sfn.TaskInput.fromObject({
        target: jsonata('$states.input.settings.target'),
        train: jsonata('$states.input.settings.train'),
        // A payload field cannot be undefined, so a missing value is null.
        validation: jsonata(
          '$exists($states.input.settings.validation) ? $states.input.settings.validation : null',
        ),
        contentType: train.contentType,
        gzip: train.compressionType === 'Gzip',
        ...(problemType && { problemType }),
        ...(sampleWeightColumn && { sampleWeightColumn }),
      }),
      outputs: jsonata('$states.input'),
    });
    retryFunction(check);
    return check;
  }

  private createAutoMlJob(): tasks.CallAwsService {
    const { scope, props } = this;
    const create = tasks.CallAwsService.jsonata(scope, 'CreateAutoMlJob', {
      service: 'sagemaker',
      action: 'createAutoMLJobV2',
      parameters: autoMlRequest(props),
      iamResources: [jobArn(scope, AUTOML_JOB, props.jobNamePrefix)],
      additionalIamStatements: [
        passRole(props.trainingRole),
        new iam.PolicyStatement({
          actions: ['sagemaker:AddTags'],
          resources: [jobArn(scope, AUTOML_JOB, props.jobNamePrefix)],
        }),
      ],
      outputs: {
        // The ARN contains the name in lowercase. All job names of this library are lowercase, so this is the exact
        // name.
        autoMlJobName: jsonata("$substringAfter($states.result.AutoMLJobArn, '/')"),
        polls: 1,
      },
    });
    retryJobCreation(create, {});
    waitForQuota(scope, create, { suffix: '', maxWait: props.maxQuotaWait });
    return create;
  }

  /** Waits until the job ends. The next function checks the final status. */
  private waitForAutoMlJob(findBest: sfn.State): sfn.State {
    return pollJob(this.scope, {
      name: 'AutoMlJob',
      nameField: 'autoMlJobName',
      nameParameter: 'AutoMLJobName',
      describeAction: 'describeAutoMLJobV2',
      stopAction: 'stopAutoMLJob',
      statusMember: 'AutoMLJobStatus',
      arn: jobArn(this.scope, AUTOML_JOB, this.props.jobNamePrefix),
      next: findBest,
    });
  }

  private findBestCandidate(): tasks.LambdaInvoke {
    const findBest = tasks.LambdaInvoke.jsonata(this.scope, 'FindBestCandidate', {
      lambdaFunction: this.props.findBestCandidateFunction,
      payload: sfn.TaskInput.fromObject({ autoMlJobName: jsonata('$states.input.autoMlJobName') }),
      outputs: this.props.reportFunction
        ? { result: jsonata('$states.result.Payload') }
        : jsonata('$states.result.Payload'),
    });
    retryFunction(findBest);
    return findBest;
  }

  /**
   * Adds the state that writes the report after the search, even if the search failed. Returns the state that ends the
   * chain.
   */
  private report(findBest: tasks.LambdaInvoke): sfn.State & sfn.INextable {
    const { scope } = this;
    const { reportFunction, output, encryptionKey } = this.props;
    if (reportFunction === undefined) return findBest;
    const write = writeReport(scope, {
      lambdaFunction: reportFunction,
      payload: {
        autoMlJobName: jsonata(
          '$exists($states.input.result) ? $states.input.result.autoMlJob.name : $states.input.autoMlJobName',
        ),
        output: reportLocation(output).uri,
        encryptionKey: outputKey(output, encryptionKey)?.keyArn,
      },
    });
    findBest.addCatch(write, {
      errors: ['NoCompletedCandidateError'],
      outputs: {
        autoMlJobName: jsonata('$states.input.autoMlJobName'),
        failure: jsonata('$states.errorOutput'),
      },
    });
    findBest.next(write);
    return endWithReport(scope, write, 'IsBestCandidateFound');
  }
}
