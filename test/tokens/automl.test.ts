import { Duration } from 'aws-cdk-lib';
import { autoMlFragment, autoMlWorkflow } from '../automl/fixtures';
import { type Make, machine, type Tokens, testTokens, uri } from './fixtures';

const inAutoMl =
  (props: (tokens: Tokens) => object): Make =>
  (stack, tokens) =>
    machine(stack, autoMlFragment(props(tokens), stack));

testTokens(
  [
    ['AutoMlWorkflow.outputPrefix', (stack, { text }) => autoMlWorkflow({ outputPrefix: text }, stack)],
    ['AutoMl.target', inAutoMl(({ text }) => ({ target: text }))],
    ['AutoMl.maxCandidates', inAutoMl(({ number }) => ({ maxCandidates: number }))],
    ['AutoMl.maxRuntime', inAutoMl(({ number }) => ({ maxRuntime: Duration.seconds(number) }))],
    [
      'AutoMl.maxRuntimePerTrainingJob',
      inAutoMl(({ number }) => ({ maxRuntimePerTrainingJob: Duration.seconds(number) })),
    ],
    ['AutoMl.validationFraction', inAutoMl(({ number }) => ({ validationFraction: number }))],
    ['AutoMl.sampleWeightColumn', inAutoMl(({ text }) => ({ sampleWeightColumn: text, mode: 'ENSEMBLING' }))],
    ['AutoMl.featureSpecification', inAutoMl(({ text }) => ({ featureSpecification: uri(text) }))],
    ['AutoMl.output', inAutoMl(({ text }) => ({ output: uri(text) }))],
    ['AutoMl.tags', inAutoMl(({ text }) => ({ tags: { team: text } }))],
  ],
  [
    [
      'maxRuntime of AutoML in hours',
      inAutoMl(({ number }) => ({ maxRuntime: Duration.hours(number) })),
      'maxRuntime: is a token',
    ],
    [
      'mode of AutoML',
      inAutoMl(({ text }) => ({ mode: text })),
      'mode: must be one of AUTO, ENSEMBLING, HYPERPARAMETER_TUNING, got a token',
    ],
    [
      'problemType of AutoML',
      inAutoMl(({ text }) => ({ problemType: text })),
      'problemType: must be one of Regression',
    ],
  ],
);
