import { App } from 'aws-cdk-lib';
import { readSettings } from './settings';
import { TuningStack } from './tuning-stack';

const USER_ERRORS = ['SettingsError', 'TuningValidationError'];

try {
  synthesize();
} catch (error) {
  // What a user can put right needs no stack trace.
  if (!(error instanceof Error) || !USER_ERRORS.includes(error.name)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function synthesize(): void {
  const app = new App();
  const settings = readSettings(app.node);

  new TuningStack(app, settings.stackName, {
    description: 'Tunes an XGBoost model on Amazon SageMaker and trains the best one (cdk-sagemaker-tuning)',
    // Without them the stack is environment-agnostic: it deploys wherever the credentials point to.
    env: { account: settings.account, region: settings.region },
    settings,
  });

  app.synth();
}
