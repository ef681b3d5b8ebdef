import * as model from '../model/servicequotas-model.json';
import type { ServiceModel } from '../model/validator';
import type { OperationsOf, Service } from '../service';

/** AWS Service Quotas. Local mode has no quotas, so the list of applied quotas is empty. */
export class ServiceQuotasService implements Service {
  readonly name = 'servicequotas';
  readonly model = model as ServiceModel;
  readonly operations: OperationsOf<typeof model> = {
    ListServiceQuotas: { run: () => ({ Quotas: [] }) },
  };
}
