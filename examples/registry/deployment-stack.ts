import { Stack, type StackProps } from 'aws-cdk-lib';
import { BuildSpec, Project, Source } from 'aws-cdk-lib/aws-codebuild';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { CodeBuildProject } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Properties of the stack. */
export interface DeploymentStackProps extends StackProps {
  /** GitHub repository with the app, such as `my-team/my-app`. */
  readonly repository: string;
  readonly modelPackageGroupName: string;
}

/** Deploys the endpoint when a version of the model package group is approved. */
export class DeploymentStack extends Stack {
  constructor(scope: Construct, id: string, props: DeploymentStackProps) {
    super(scope, id, props);
    const [owner = '', repo = ''] = props.repository.split('/');
    const project = new Project(this, 'Project', {
      source: Source.gitHub({ owner, repo }),
      buildSpec: BuildSpec.fromObject({ version: '0.2', phases: { build: { commands: COMMANDS } } }),
    });
    const versions = { service: 'sagemaker', resource: 'model-package' };
    project.addToRolePolicy(
      new PolicyStatement({
        actions: ['sagemaker:DescribeModelPackage'],
        resources: [this.formatArn({ ...versions, resourceName: `${props.modelPackageGroupName}/*` })],
      }),
    );
    // `cdk deploy` assumes the roles that `cdk bootstrap` created.
    const roles = { service: 'iam', region: '', resource: 'role', resourceName: 'cdk-*' };
    project.addToRolePolicy(
      new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [this.formatArn(roles)] }),
    );
    const version = { name: 'VERSION', value: EventField.fromPath('$.detail.ModelPackageArn') };
    new Rule(this, 'Approved', {
      eventPattern: {
        source: ['aws.sagemaker'],
        detailType: ['SageMaker Model Package State Change'],
        detail: {
          ModelPackageGroupName: [props.modelPackageGroupName],
          ModelApprovalStatus: ['Approved'],
        },
      },
      targets: [
        new CodeBuildProject(project, {
          event: RuleTargetInput.fromObject({ environmentVariablesOverride: [version] }),
        }),
      ],
    });
  }
}

const CONTAINER =
  'aws sagemaker describe-model-package --model-package-name $VERSION --output text --query InferenceSpecification.Containers[0]';

const COMMANDS = [
  'npm ci',
  `IMAGE=$(${CONTAINER}.Image)`,
  `MODEL=$(${CONTAINER}.ModelDataUrl)`,
  'npx cdk deploy RegistryEndpoint --require-approval never --context image=$IMAGE --context model=$MODEL',
];
