import { Annotations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { inAppLanguage } from './app-language';

/** Adds a warning that `Validations.acknowledge` can acknowledge by its ID, `cdk-sagemaker-tuning:<id>`. */
export function warn(scope: IConstruct, id: string, message: string): void {
  Annotations.of(scope).addWarningV2(`cdk-sagemaker-tuning:${id}`, inAppLanguage(message));
}
