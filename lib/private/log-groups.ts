import * as logs from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import type { WorkflowLogOptions } from '../workflow-options';

/** Applies the retention and the removal policy, if given, to every log group below a construct. */
export function keepLogs(scope: IConstruct, { logRetention, logRemovalPolicy }: WorkflowLogOptions): void {
  for (const group of scope.node.findAll()) {
    if (!(group instanceof logs.CfnLogGroup)) continue;
    if (logRetention !== undefined) {
      group.retentionInDays = logRetention === logs.RetentionDays.INFINITE ? undefined : logRetention;
    }
    if (logRemovalPolicy !== undefined) group.applyRemovalPolicy(logRemovalPolicy);
  }
}
