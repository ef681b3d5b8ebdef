import { App, type AppProps, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import {
  Algorithm,
  DataLocation,
  InputData,
  Objective,
  ParameterRange,
  TuningFragment,
  type TuningFragmentProps,
  type TuningOptions,
  TuningWorkflow,
  type TuningWorkflowProps,
  XGBoostVersion,
} from '../lib';

/** A state machine definition or any other JSON value. */
// biome-ignore lint/suspicious/noExplicitAny: tests read documents whose shape they assert
export type Json = any;

/** The required options of a search. */
export const TUNING: TuningOptions = {
  algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
  objective: Objective.minimize('validation:rmse'),
  hyperparameters: { num_round: '100' },
  parameterRanges: [
    ParameterRange.integer('max_depth', { min: 3, max: 10 }),
    ParameterRange.continuous('eta', { min: 0.01, max: 0.5 }),
  ],
};

/** An environment-agnostic stack. Its app has only the given feature flags, by default none. */
export function stackOf(props: StackProps = {}, app: AppProps = {}): Stack {
  return new Stack(new App(app), 'Stack', props);
}

export function workflow(
  props: Partial<TuningWorkflowProps> = {},
  stack = stackOf(),
  id = 'Tuning',
): TuningWorkflow {
  return new TuningWorkflow(stack, id, { ...TUNING, jobNamePrefix: 'churn', ...props });
}

export function fragment(
  props: Partial<TuningFragmentProps> = {},
  stack = stackOf(),
  id = 'Tuning',
): TuningFragment {
  return new TuningFragment(stack, id, {
    ...TUNING,
    train: InputData.csv(DataLocation.fromUri('s3://data/train/')),
    validation: InputData.csv(DataLocation.fromUri('s3://data/validation/')),
    output: DataLocation.fromUri('s3://models/churn/'),
    jobNamePrefix: 'churn',
    ...props,
  });
}

/** The states of a search with these props, by name. */
export function statesOf(props: Partial<TuningFragmentProps> = {}, stack = stackOf()): Json {
  return definitionIn(fragment(props, stack), stack).States;
}

/** The problems that the error of a construct lists; an empty list if the construct is accepted. */
export function problemsIn(make: () => unknown): string[] {
  try {
    make();
    return [];
  } catch (error) {
    expect(error).toMatchObject({ name: 'TuningValidationError' });
    return (error as Error).message.split('\n  - ').slice(1);
  }
}

/** The problems of a search with these props. */
export function problemsOf(props: Partial<TuningFragmentProps>, stack = stackOf()): string[] {
  return problemsIn(() => fragment(props, stack));
}

/**
 * The states that an execution without failures enters, from one state to the end. Each Choice takes its first
 * condition, except a Choice whose name is in `byDefault`, which takes its default.
 */
export function pathFrom(States: Json, from: string, byDefault: readonly string[] = []): string[] {
  const { Next, Choices = [], Default } = States[from];
  const next = byDefault.includes(from) ? Default : (Next ?? Choices[0]?.Next ?? Default);
  return next === undefined ? [from] : [from, ...pathFrom(States, next, byDefault)];
}

/** The definition of the only state machine of a stack, with references written as `<…>`. */
export function definitionOf(stack: Stack): Json {
  const machines = Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine');
  const [machine, ...others] = Object.values(machines) as Json[];
  if (!machine || others.length > 0) throw new Error(`one state machine expected: ${Object.keys(machines)}`);
  return JSON.parse(text(machine.Properties.DefinitionString));
}

/** The definition of a state machine that runs this chain of states. */
export function definitionIn(chain: sfn.IChainable, stack: Stack, language?: sfn.QueryLanguage): Json {
  new sfn.StateMachine(stack, 'Machine', {
    definitionBody: sfn.DefinitionBody.fromChainable(chain),
    queryLanguage: language,
  });
  return definitionOf(stack);
}

/** A resolved CloudFormation value as a string, with references written as `<…>`. */
export function text(value: Json): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument]] = Object.entries(value) as [[string, Json]];
  if (name === 'Fn::Join') return argument[1].map(text).join(argument[0]);
  if (name === 'Ref') return `<${argument}>`;
  if (name === 'Fn::GetAtt') return `<${argument.join('.')}>`;
  if (name === 'Fn::Sub' && typeof argument === 'string') return argument.replace(/\$\{([^}]+)\}/g, '<$1>');
  return `<${name}>`;
}

/** All policy statements of the roles whose references match `role`, with references written as `<…>`. */
export function statementsIn(stack: Stack, role: RegExp): Json[] {
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')) as Json[];
  return policies
    .filter((policy) => policy.Properties.Roles.some((value: Json) => role.test(text(value))))
    .flatMap((policy) => policy.Properties.PolicyDocument.Statement)
    .map(flat);
}

/** A document with each CloudFormation function replaced by a string. */
export function flat(value: Json): Json {
  if (Array.isArray(value)) return value.map(flat);
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && /^(Ref|Fn::.*)$/.test(keys[0] ?? '')) return text(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, flat(inner)]));
}

/** Any training role. */
export function someRole(stack: Stack, id = 'Role'): iam.IRole {
  return iam.Role.fromRoleArn(stack, id, 'arn:aws:iam::123456789012:role/training');
}

/** A VPC with two private subnets, imported without a lookup. */
export function vpcIn(stack: Stack): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    privateSubnetIds: ['subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
    privateSubnetRouteTableIds: ['rtb-0123456789abcdef1', 'rtb-0123456789abcdef2'],
  });
}
