import type { Deployment } from '../../assembly/deployment';
import { stackArn } from '../../assembly/stack-arn';
import { AwsError } from '../aws-error';
import * as model from '../model/cloudformation-model.json';
import type { ServiceModel } from '../model/validator';
import type { Input, OperationsOf, Service } from '../service';

/** AWS CloudFormation, read-only: clients look up the deployed stack and its outputs. */
export class CloudFormationService implements Service {
  readonly name = 'cloudformation';
  readonly model = model as ServiceModel;
  readonly operations: OperationsOf<typeof model> = {
    DescribeStacks: { run: (input) => this.describeStacks(input) },
  };

  private readonly deployed = Date.now() / 1000;

  constructor(private readonly deployment: Pick<Deployment, 'stackName' | 'environment' | 'outputs'>) {}

  /** A request without a stack name applies to all stacks. */
  subject({ StackName: name }: Input) {
    const isName = name !== undefined && !String(name).startsWith('arn:');
    const resource = isName ? stackArn(this.deployment.environment, String(name)) : String(name ?? '*');
    return { resource, context: {} };
  }

  private describeStacks(input: Input): unknown {
    const { stackName, environment, outputs } = this.deployment;
    const arn = stackArn(environment, stackName);
    const wanted = input['StackName'];
    if (wanted !== undefined && wanted !== stackName && wanted !== arn) {
      throw new AwsError('ValidationError', `Stack with id ${String(wanted)} does not exist`);
    }
    const stack = {
      StackId: arn,
      StackName: stackName,
      StackStatus: 'CREATE_COMPLETE',
      CreationTime: this.deployed,
      Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
    };
    return { Stacks: [stack] };
  }
}
