import * as logs from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import type { WorkflowLogOptions } from '../workflow-options';

/** Applies what was asked for to every log group below a construct; what was not stays as it is. */
export function keepLogs(scope: IConstruct, { logRetention, logRemovalPolicy }: WorkflowLogOptions): void {
  for (const group of scope.node.findAll()) {
    if (!(group instanceof logs.CfnLogGroup)) continue;
    if (logRetention !== undefined) {
      group.retentionInDays = logRetention === logs.RetentionDays.INFINITE ? undefined : logRetention;
    }
    if (logRemovalPolicy !== undefined) group.applyRemovalPolicy(logRemovalPolicy);
  }
}
