import type { ModelPackageGroupResource } from '../../../assembly/deployment';
import { AwsError, validationError } from '../../aws-error';
import type { TaskIdentity } from '../../principal';
import type { Input, Operation } from '../../service';
import { type EngineContext, originOf } from '../engine-context';
import { modelPackageGroupArn } from '../jobs/job-arns';
import { creation } from '../jobs/job-creation';
import { isNamed, isWithin, pick, sortedPage } from '../jobs/job-lists';
import { nameInArn } from './registry-names';
import type { ModelPackageGroupRecord } from './registry-types';

/** The operations on model package groups. */
export function groupOperations(context: EngineContext) {
  const { modelPackageGroups: groups, modelPackages: packages } = context.jobs;
  return {
    CreateModelPackageGroup: creation({
      name: 'ModelPackageGroupName',
      arn: 'ModelPackageGroupArn',
      jobs: groups,
      start: (request, createdBy) => {
        const record = groupRecord(context, request, createdBy);
        if (groups.create(record)) return;
        const { ModelPackageGroupArn: arn } = record.description;
        throw validationError(`Model Package Group already exists: ${arn}`);
      },
    }),
    DescribeModelPackageGroup: { run: (input) => findGroup(context, input).description },
    ListModelPackageGroups: {
      run: (input) => {
        groups.refresh();
        return listGroups(groups.list(), input);
      },
    },
    DeleteModelPackageGroup: {
      run: (input) => {
        const { name, description } = findGroup(context, input);
        packages.refresh();
        if (packages.list().some((each) => each.description.ModelPackageGroupName === name)) {
          throw new AwsError(
            'ConflictException',
            `Model Package Group ${description.ModelPackageGroupArn} cannot be deleted because it still contains model packages`,
          );
        }
        groups.delete(name);
        return {};
      },
    },
  } satisfies Record<string, Operation>;
}

/** Creates the template's model package groups, unless they exist. */
export function createGroups(context: EngineContext, groups: readonly ModelPackageGroupResource[]): void {
  for (const { name, description, tags } of groups) {
    const request = {
      ModelPackageGroupName: name,
      ...(description !== undefined && { ModelPackageGroupDescription: description }),
      Tags: tags,
    };
    context.jobs.modelPackageGroups.create(groupRecord(context, request, undefined));
  }
}

function groupRecord(
  context: EngineContext,
  { Tags: tags, ...request }: Input,
  createdBy: TaskIdentity | undefined,
): ModelPackageGroupRecord {
  const name = String(request['ModelPackageGroupName']);
  return {
    name,
    ...originOf(context, createdBy),
    tags: tags ?? [],
    latestVersion: 0,
    description: {
      ...request,
      ModelPackageGroupArn: modelPackageGroupArn(context.environment, name),
      ModelPackageGroupStatus: 'Completed',
      CreationTime: context.now(),
      CreatedBy: {},
    },
  } as unknown as ModelPackageGroupRecord;
}

/**
 * The group that a request names, by name or ARN.
 *
 * @throws AwsError ValidationException if the group does not exist
 */
export function findGroup(
  { jobs, environment }: Pick<EngineContext, 'jobs' | 'environment'>,
  { ModelPackageGroupName }: Input,
): ModelPackageGroupRecord {
  const name = nameInArn(ModelPackageGroupName);
  const record = jobs.modelPackageGroups.get(name);
  if (record !== undefined) return record;
  throw validationError(`ModelPackageGroup ${modelPackageGroupArn(environment, name)} does not exist.`);
}

function listGroups(groups: readonly ModelPackageGroupRecord[], input: Input): unknown {
  const kept = groups.filter(
    ({ name, description: { CreationTime } }) =>
      isNamed(input, name) && isWithin(input, { CreationTime, LastModifiedTime: CreationTime }),
  );
  const { items, ...token } = sortedPage(kept, input, {
    CreationTime: ({ description }) => description.CreationTime,
    Name: ({ name }) => name,
  });
  const members = ['Name', 'Arn', 'Description', 'Status'].map((part) => `ModelPackageGroup${part}`);
  return {
    ModelPackageGroupSummaryList: items.map(({ description }) =>
      pick(description, [...members, 'CreationTime']),
    ),
    ...token,
  };
}
