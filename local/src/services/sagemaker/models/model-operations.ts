import { validationError } from '../../aws-error';
import type { Input, Operation } from '../../service';
import { type EngineContext, originOf } from '../engine-context';
import { modelArn } from '../jobs/job-arns';
import { creation } from '../jobs/job-creation';
import { isNamed, isWithin, pick, sortedPage } from '../jobs/job-lists';
import { checkModel } from './model-checks';
import type { ContainerDefinition, CreateModelRequest, ModelDescription, ModelRecord } from './model-types';

/** The operations on models, by name. */
export function modelOperations(context: EngineContext) {
  const { models } = context.jobs;
  return {
    CreateModel: creation({
      name: 'ModelName',
      arn: 'ModelArn',
      jobs: models,
      start: (input, createdBy) => {
        const { Tags: tags = [], ...request } = input as unknown as CreateModelRequest;
        checkModel(request, context);
        const ModelArn = modelArn(context.environment, request.ModelName);
        const record: ModelRecord = {
          name: request.ModelName,
          ...originOf(context, createdBy),
          tags,
          description: { ...request, ModelArn, CreationTime: context.now() },
        };
        if (!models.create(record)) {
          throw validationError(`Cannot create already existing model "${ModelArn}".`);
        }
        models.rest(record.name);
      },
    }),
    DescribeModel: { run: (input) => described(findModel(context, input).description) },
    ListModels: {
      run: (input) => {
        models.refresh();
        return listModels(
          models.list().map(({ description }) => description),
          input,
        );
      },
    },
    DeleteModel: {
      run: (input) => {
        models.delete(findModel(context, input).name);
        return {};
      },
    },
  } satisfies Record<string, Operation>;
}

/**
 * The model that a request names.
 *
 * @throws AwsError ValidationException when there is no such model
 */
export function findModel(
  { jobs, environment }: Pick<EngineContext, 'jobs' | 'environment'>,
  { ModelName }: Input,
): ModelRecord {
  const record = jobs.models.get(String(ModelName));
  if (record !== undefined) return record;
  throw validationError(`Could not find model "${modelArn(environment, String(ModelName))}".`);
}

/** A model as DescribeModel returns it, with SageMaker's defaults. */
function described(model: ModelDescription): ModelDescription {
  const filled = (container: ContainerDefinition) => ({
    Mode: 'SingleModel' as const,
    Environment: {},
    ...container,
  });
  return {
    EnableNetworkIsolation: false,
    ...model,
    ...(model.PrimaryContainer && { PrimaryContainer: filled(model.PrimaryContainer) }),
    ...(model.Containers && { Containers: model.Containers.map(filled) }),
  };
}

function listModels(models: readonly ModelDescription[], input: Input): unknown {
  const kept = models.filter(
    ({ ModelName: name, CreationTime: created }) =>
      isNamed(input, name) && isWithin(input, { CreationTime: created, LastModifiedTime: created }),
  );
  // By default, ListModels sorts by creation time, latest first (API reference).
  const { items, ...token } = sortedPage(
    kept,
    { SortBy: 'CreationTime', SortOrder: 'Descending', ...input },
    { Name: ({ ModelName: name }) => name, CreationTime: ({ CreationTime: created }) => created },
  );
  const members = ['ModelName', 'ModelArn', 'CreationTime'];
  return { Models: items.map((model) => pick(model, members)), ...token };
}
