import { join, relative } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { COLUMNS_FILE } from '../local/src/tables/columns-file';
import { summaryOf } from './data';
import { describeBaseline, describeTask, learningTaskOf } from './learning-task';
import { readSettings } from './settings';
import { TemplateValidation } from './template-validation';
import { prepareData } from './training-data';
import { TuningStack } from './tuning-stack';

const USER_ERRORS = ['SettingsError', 'TuningValidationError'];

try {
  synthesize();
} catch (error) {
  // Errors that the user can correct need no stack trace.
  if (!(error instanceof Error) || !USER_ERRORS.includes(error.name)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function synthesize(): void {
  const app = new App();
  if (process.env.CDK_VALIDATION !== 'false') Validations.of(app).addPlugins(new TemplateValidation());
  const settings = readSettings(app.node);
  const data = prepareData(settings);
  if (data?.manifest) {
    const task = learningTaskOf(settings, data.manifest);
    const mapping = `  all columns, categories and codes: ${relative('', join(data.folder, COLUMNS_FILE))}`;
    // The summary goes to stderr, because `cdk synth` writes the template to stdout.
    console.error(
      [
        ...summaryOf(data.manifest),
        mapping,
        describeTask(task),
        ...describeBaseline(task, data.manifest),
      ].join('\n'),
    );
  }

  new TuningStack(app, settings.stackName, {
    description: 'Tunes an XGBoost model on Amazon SageMaker and trains the best one (cdk-sagemaker-tuning)',
    // Without account and region, the stack is environment-agnostic: the credentials decide where it is deployed.
    env: { account: settings.account, region: settings.region },
    settings,
    data,
  });

  app.synth();
}
