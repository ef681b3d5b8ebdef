import type { ComparedSearch } from '../../src/report/comparison-page';
import type { ReportData, ReportJob } from '../../src/report/report-files';

/** Markup that an attacker could put into the name of a job. */
export const HOSTILE = '<script>alert(1)</script>"\'&\u202e';

interface Given {
  readonly label?: string;
  readonly metric?: string;
  readonly type?: 'Minimize' | 'Maximize';
  readonly values?: readonly (number | undefined)[];
  readonly ranges?: ReportData['definitions'][number]['ranges'];
  readonly more?: readonly ReportJob[];
  readonly evaluated?: Pick<ReportData, 'evaluation' | 'gate'>;
}

/** A made-up search with its report. */
export function search({
  label = 'first',
  metric = 'validation:rmse',
  type = 'Minimize',
  values = [0.3, 0.2, undefined, 0.25],
  ranges = [{ name: 'eta', scaling: 'Logarithmic', min: 0.01, max: 0.3 }],
  more = [],
  evaluated = {},
}: Given = {}): ComparedSearch {
  const jobs = values.map(
    (value, index): ReportJob => ({
      name: `${label}-${index + 1}`,
      status: value === undefined ? 'Failed' : 'Completed',
      search: label,
      ...(value !== undefined && { value }),
      hyperparameters: { eta: `0.${index + 1}1111` },
      metrics: value === undefined ? {} : { [metric]: value, 'train:rmse': value / 2 },
    }),
  );
  return {
    label,
    link: `${label}/report.html`,
    report: {
      schemaVersion: 1,
      search: { name: label, status: 'Completed', strategy: 'Bayesian' },
      objective: { metric, type },
      definitions: [
        { search: label, ranges },
        { search: 'parent', ranges: [{ name: 'of a parent', scaling: 'Linear' }] },
      ],
      jobs: [...more, ...jobs],
      ...evaluated,
    },
  };
}
