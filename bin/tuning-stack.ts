import { AssetHashType, Aws, CfnMapping, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import type { Construct } from 'constructs';
import {
  Algorithm,
  type CostOptions,
  DataLocation,
  FinalTrainingData,
  type FinalTrainingOptions,
  InputData,
  Objective,
  ParameterRange,
  type ScalingType,
  TuningStrategy,
  TuningWorkflow,
  XGBoostVersion,
} from '../lib';
import { acknowledgeDeployment } from './acknowledgements';
import { type LearningTask, learningTaskOf } from './learning-task';
import { isEvaluated, qualityGateOf, registryOf } from './model-quality';
import type { Settings } from './settings';
import { prepareData, type TrainingData } from './training-data';
import { type UploadResources, uploadResources } from './upload';

/** Maximum total length that the construct allows for `featureNames`. */
const MAX_NAME_CHARACTERS = 50_000;

const CONSOLES = {
  aws: { domain: 'console.aws.amazon.com' },
  'aws-cn': { domain: 'console.amazonaws.cn' },
  'aws-us-gov': { domain: 'console.amazonaws-us-gov.com' },
};

/** Properties of the stack. */
export interface TuningStackProps extends StackProps {
  readonly settings: Settings;
  /** Local data. @default - the stack prepares the data in the settings, if any */
  readonly data?: TrainingData;
}

/** A workflow, deployed together with its data. Start it with the input `{}`. */
export class TuningStack extends Stack {
  constructor(scope: Construct, id: string, props: TuningStackProps) {
    super(scope, id, props);
    const { settings } = props;
    const data = props.data ?? prepareData(settings);
    const task = learningTaskOf(settings, data?.manifest);
    // Each version of the data has its own prefix below input/, so that an execution never reads data of another deployment.
    const dataPrefix = data && dataPrefixOf(data);
    const workflow = new TuningWorkflow(this, 'Tuning', {
      algorithm: Algorithm.xgboost({ version: XGBoostVersion.of(settings.xgboostVersion) }),
      objective:
        task.direction === 'Minimize' ? Objective.minimize(task.metric) : Objective.maximize(task.metric),
      parameterRanges: Object.entries(settings.parameterRanges).map(toRange),
      hyperparameters: task.hyperparameters,
      strategy: toStrategy(settings, task),
      maxTrainingJobs: settings.maxTrainingJobs,
      maxParallelTrainingJobs: settings.maxParallelTrainingJobs,
      earlyStopping: settings.earlyStopping,
      resources: { instanceType: settings.instanceType },
      jobNamePrefix: settings.jobNamePrefix,
      cost: costOf(settings),
      finalTraining: finalTrainingOf(settings),
      report: settings.report,
      featureNames: shortEnough(data?.featureNames),
      evaluation: isEvaluated(settings) ? {} : undefined,
      qualityGate: qualityGateOf(settings),
      failOnQualityGate: settings.failOnQualityGate,
      registry: registryOf(settings),
      ...(dataPrefix === undefined ? inputDataIn(settings) : prefixesIn(dataPrefix, settings)),
    });
    if (data) this.upload(data, workflow.bucket, uploadResources(this, data, settings, task));
    this.addOutputs(workflow);
  }

  private upload(data: TrainingData, bucket: IBucket, resources: UploadResources): void {
    const { folder, exclude, fingerprint } = data;
    const source = { exclude, assetHash: fingerprint, assetHashType: AssetHashType.CUSTOM };
    new BucketDeployment(this, 'Data', {
      sources: [Source.asset(folder, source)],
      destinationBucket: bucket,
      destinationKeyPrefix: dataPrefixOf(data),
      // Executions may still read data that an earlier deployment uploaded.
      prune: false,
      ...resources,
    });
    acknowledgeDeployment(this, bucket);
  }

  private addOutputs(workflow: TuningWorkflow): void {
    const consoles = new CfnMapping(this, 'Consoles', { mapping: CONSOLES, lazy: true });
    const { stateMachineArn } = workflow.stateMachine;
    const domain = consoles.findInMap(Aws.PARTITION, 'domain');
    new CfnOutput(this, 'StateMachineConsole', {
      description: 'The state machine in the AWS console: "Start execution" with {}',
      value: `https://${this.region}.${domain}/states/home?region=${this.region}#/statemachines/view/${stateMachineArn}`,
    });
    new CfnOutput(this, 'StartCommand', {
      description: 'Starts an execution',
      value: `aws stepfunctions start-execution --region ${this.region} --state-machine-arn ${stateMachineArn} --input '{}'`,
    });
    const bound = workflow.fragment.costBound;
    if (bound) {
      new CfnOutput(this, 'CostBound', {
        description: 'The maximum that an execution with the input {} can use',
        value: `${bound.calculation}${bound.cost === undefined ? '' : `, cost ${bound.cost.toFixed(2)}`}`,
      });
    }
    new CfnOutput(this, 'BucketName', {
      description: 'Bucket with the data below input/ and the models below output/',
      value: workflow.bucket.bucketName,
    });
    new CfnOutput(this, 'TrainingRoleArn', {
      description: 'Execution role of training jobs, for jobs that you start in another way',
      value: workflow.trainingRole.roleArn,
    });
    new CfnOutput(this, 'JobNamePrefix', {
      description:
        'Prefix of the job names. The training role can write only the logs of jobs with this prefix',
      value: `${workflow.fragment.jobNamePrefix}-`,
    });
  }
}

/** The feature names for the report; undefined if they are too long. In that case, the report shows column numbers. */
function shortEnough(names: string[] | undefined): string[] | undefined {
  return names && names.join('').length <= MAX_NAME_CHARACTERS ? names : undefined;
}

function dataPrefixOf({ fingerprint }: TrainingData): string {
  return `input/${fingerprint.slice(0, 12)}/`;
}

function prefixesIn(prefix: string, settings: Settings) {
  return {
    trainPrefix: `${prefix}train/`,
    validationPrefix: `${prefix}validation/`,
    ...(isEvaluated(settings) && { testPrefix: `${prefix}test/` }),
  };
}

function inputDataIn(settings: Settings) {
  const { data: uri } = settings;
  const folder = uri.endsWith('/') ? uri : `${uri}/`;
  return {
    ...(isEvaluated(settings) && { test: InputData.csv(DataLocation.fromUri(`${folder}test/`)) }),
    train: InputData.csv(DataLocation.fromUri(`${folder}train/`)),
    validation: InputData.csv(DataLocation.fromUri(`${folder}validation/`)),
    allowedInputLocations: [DataLocation.fromUri(folder)],
  };
}

/** Prices and limits; undefined if the settings have none. */
function costOf({ pricePerHour, maxCost, maxInstanceHours }: Settings): CostOptions | undefined {
  const cost = { pricePerHour, maxCost, maxInstanceHours };
  return Object.values(cost).some((value) => value !== undefined) ? cost : undefined;
}

/** The final training; undefined for the construct's default, which repeats the best training job. */
function finalTrainingOf({ finalTraining }: Settings): FinalTrainingOptions | undefined {
  switch (finalTraining) {
    case 'repeatBest':
      return undefined;
    case 'reuseBest':
      return { reuseBest: true };
    case 'trainAndValidation':
      return { data: FinalTrainingData.trainAndValidation() };
    case 'none':
      return { enabled: false };
  }
}

function toRange([name, range]: [string, Settings['parameterRanges'][string]]): ParameterRange {
  if (range.type === 'categorical') return ParameterRange.categorical(name, range.values);
  const options = { min: range.min, max: range.max, scaling: range.scaling as ScalingType | undefined };
  return range.type === 'integer'
    ? ParameterRange.integer(name, options)
    : ParameterRange.continuous(name, options);
}

function toStrategy(
  { strategy, parameterRanges }: Settings,
  { hyperparameters }: LearningTask,
): TuningStrategy {
  switch (strategy) {
    case 'Bayesian':
      return TuningStrategy.bayesian();
    case 'Random':
      return TuningStrategy.random();
    case 'Grid':
      return TuningStrategy.grid();
    case 'Hyperband': {
      // Hyperband's resource is the number of epochs. In XGBoost, these are the boosting rounds.
      const rounds = parameterRanges['num_round'];
      const fixed = hyperparameters['num_round'];
      return TuningStrategy.hyperband({
        minResource: 1,
        maxResource: rounds && 'max' in rounds ? rounds.max : fixed ? Number(fixed) : undefined,
      });
    }
  }
}
