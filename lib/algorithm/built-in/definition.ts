import { Token } from 'aws-cdk-lib';
import { DataDistribution, type InputData } from '../../input-data';
import { regionalImage, requireAccount } from '../../private/registry';
import { instance, optional, requireShape, struct, text } from '../../private/shape';
import type { AlgorithmDefinition, AlgorithmUse } from '../algorithm-definition';
import type { BuiltInAlgorithm, BuiltInAlgorithmOptions } from '../built-in-algorithm';
import type { BuiltInFacts, DataRule } from './facts';

const ARGUMENTS = struct({
  algorithm: instance('a BuiltInAlgorithm, such as BuiltInAlgorithm.LINEAR_LEARNER', '_facts'),
  options: struct<BuiltInAlgorithmOptions>({ registryAccount: optional(text) }),
});

/** A built-in algorithm of SageMaker whose code is not public. */
export function builtIn(
  algorithm: BuiltInAlgorithm,
  options: BuiltInAlgorithmOptions = {},
): AlgorithmDefinition {
  requireShape('Algorithm.builtIn', ARGUMENTS, { algorithm, options });
  requireAccount('Algorithm.builtIn', options.registryAccount);
  const facts = algorithm._facts;
  const { title, repository, tag, registry, channelNames } = facts;
  return {
    title,
    channelNames,
    rules: {
      title,
      hyperparameters: facts.hyperparameters,
      objectiveMetrics: facts.objectiveMetrics,
      checkTogether: facts.checkTogether,
    },
    defaultHyperparameters: (objectiveMetric) => ({ ...facts.hyperparametersFor?.[objectiveMetric] }),
    serving: { joinProblem: 'its models answer in JSON or RecordIO-protobuf' },
    withoutValidation: {
      foldersProblem: 'AWS does not document whether the algorithm reads several folders in a channel',
    },
    check: (use) => [...checkData(facts, use), ...checkMetric(facts, use)],
    bind: (scope) => ({
      image: regionalImage(scope, {
        title: `SageMaker's ${title}`,
        repository,
        tag,
        accounts: registry.accounts,
        mappingId: registry.mappingId,
        account: options.registryAccount,
      }),
    }),
  };
}

function checkData({ title, data }: BuiltInFacts, { train, validation }: AlgorithmUse): string[] {
  return [
    ...checkChannel('train', train, data.train, title),
    ...(validation ? checkChannel('validation', validation, data.validation, title) : []),
  ];
}

function checkChannel(prop: string, data: InputData, rule: DataRule, title: string): string[] {
  const problems: string[] = [];
  const { contentType } = data;
  // Without a content type, the algorithms expect RecordIO-protobuf.
  if (
    contentType !== undefined &&
    !Token.isUnresolved(contentType) &&
    !rule.contentTypes.includes(contentType.toLowerCase().replace(/\s/g, ''))
  ) {
    problems.push(
      `${prop}: must be of type ${rule.contentTypes.join(' or ')} for ${title}, got ${contentType}: use ${rule.contentTypes.map(inputDataOf).filter(isFirst).join(' or ')}`,
    );
  }
  const distribution = data._options.distribution ?? DataDistribution.FULLY_REPLICATED;
  if (rule.distribution && !data._fileSystem && distribution !== rule.distribution) {
    problems.push(
      `${prop}: ${title} requires distribution ${rule.distribution} for this data, got ${distribution}`,
    );
  }
  return problems;
}

/** Names, for a message, the method that creates input data of a content type. */
function inputDataOf(contentType: string): string {
  switch (contentType) {
    case 'text/csv':
      return 'InputData.csv';
    case 'text/csv;label_size=0':
      return 'InputData.csv (labeled: false)';
    case 'application/x-recordio-protobuf':
      return 'InputData.recordIoProtobuf';
    default:
      return `InputData.of (contentType: "${contentType}")`;
  }
}

function isFirst(text: string, index: number, all: readonly string[]): boolean {
  return all.indexOf(text) === index;
}

/**
 * Checks that the metric fits the problem type. With any other metric, the search would fail, because no training job
 * would report the metric.
 */
function checkMetric(
  { objectiveMetrics }: BuiltInFacts,
  { objectiveMetric, hyperparameters }: AlgorithmUse,
): string[] {
  const predictorTypes = objectiveMetrics.find(({ name }) => name === objectiveMetric)?.predictorTypes;
  const given = hyperparameters['predictor_type'];
  if (!predictorTypes || given === undefined || Token.isUnresolved(given) || predictorTypes.includes(given)) {
    return [];
  }
  return [
    `objective: ${objectiveMetric} requires predictor_type ${predictorTypes.join(' or ')}, got ${given}`,
  ];
}
