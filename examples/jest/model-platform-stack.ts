import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import {
  Algorithm,
  DataLocation,
  InputData,
  Objective,
  ParameterRange,
  TuningFragment,
  XGBoostVersion,
} from '../../lib';

/**
 * A stack that a platform team offers to its data scientists. The data scientists upload data to a bucket and start the
 * state machine, and a topic announces the result. The tuning is part of the team's own state machine, with the team's
 * own error handling.
 */
export class ModelPlatformStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const bucket = new s3.Bucket(this, 'Models', {
      enforceSSL: true,
      versioned: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const topic = new sns.Topic(this, 'Results', {
      enforceSSL: true,
      masterKey: kms.Alias.fromAliasName(this, 'Key', 'alias/aws/sns'),
    });
    const announce = (name: string, message: Record<string, string>) =>
      tasks.SnsPublish.jsonata(this, name, { topic, message: sfn.TaskInput.fromObject(message) });

    const tuning = new TuningFragment(this, 'Tuning', {
      algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
      objective: Objective.minimize('validation:rmse'),
      hyperparameters: { objective: 'reg:squarederror' },
      parameterRanges: [
        ParameterRange.integer('num_round', { min: 5, max: 50 }),
        ParameterRange.continuous('eta', { min: 0.1, max: 0.5 }),
      ],
      maxTrainingJobs: 4,
      train: InputData.csv(DataLocation.fromBucket(bucket, 'train/')),
      validation: InputData.csv(DataLocation.fromBucket(bucket, 'validation/')),
      output: DataLocation.fromBucket(bucket, 'models/'),
    });

    const rejected = announce('AnnounceFailure', {
      subject: 'No model',
      reason: '{% $states.input.Cause %}',
    }).next(
      new sfn.Fail(this, 'NoModel', { error: 'NoModel', cause: 'No model was trained: the topic says why.' }),
    );
    const published = announce('AnnounceModel', {
      subject: 'New model',
      model: '{% $states.input.finalTrainingJob.modelArtifacts %}',
    }).next(sfn.Pass.jsonata(this, 'Model', { outputs: '{% $model %}' }));

    new sfn.StateMachine(this, 'Machine', {
      queryLanguage: sfn.QueryLanguage.JSONATA,
      definitionBody: sfn.DefinitionBody.fromChainable(
        sfn.Parallel.jsonata(this, 'Tune', {
          outputs: '{% $states.result[0] %}',
          assign: { model: '{% $states.result[0].finalTrainingJob %}' },
        })
          .branch(tuning)
          .addCatch(rejected)
          .next(published),
      ),
    });
  }
}
