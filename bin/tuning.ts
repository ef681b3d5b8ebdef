import { App } from 'aws-cdk-lib';
import { readSettings } from './settings';
import { TuningStack } from './tuning-stack';

const app = new App();
const settings = readSettings(app.node);

new TuningStack(app, settings.stackName, {
  description: 'Tunes an XGBoost model on Amazon SageMaker and trains the best one (cdk-sagemaker-tuning)',
  // Without them the stack is environment-agnostic: it deploys wherever the credentials point to.
  env: { account: settings.account, region: settings.region },
  settings,
});

app.synth();
