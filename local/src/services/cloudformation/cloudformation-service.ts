import type { Deployment } from '../../assembly/deployment';
import { stackArn } from '../../assembly/stack-arn';
import { AwsError } from '../aws-error';
import * as model from '../model/cloudformation-model.json';
import { type ServiceModel, validateAgainst } from '../model/validator';
import { unknownOperation } from '../router';
import type { Service } from '../service';

type Input = Readonly<Record<string, unknown>>;

/** AWS CloudFormation: the deployed stack and its outputs, by which clients find what it is made of. */
export class CloudFormationService implements Service {
  readonly name = 'cloudformation';
  readonly model = model as ServiceModel;

  private readonly deployed = Date.now() / 1000;

  constructor(private readonly deployment: Pick<Deployment, 'stackName' | 'environment' | 'outputs'>) {}

  async call(operation: string, input: Input): Promise<unknown> {
    if (operation !== 'DescribeStacks') throw unknownOperation(this.name, operation, ['DescribeStacks']);
    validateAgainst(this.model, operation, input);
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
