import { formatShare } from '../../shared/format';
import type { Definition, Report } from '../report-data';
import { barChart } from './bars';
import { calibrationChart } from './calibration';
import type { Chart } from './chart';
import { curvesChart } from './curves';
import { objectiveChart } from './objective';
import { parallelChart } from './parallel';
import { sliceCharts } from './slices';
import { timelineChart } from './timeline';

/** Maximum number of features in a chart. A model can have thousands. */
const MOST_FEATURES = 25;

export interface ReportCharts {
  readonly objective: Chart | undefined;
  readonly definitions: readonly DefinitionCharts[];
  /** Parallel coordinates of earlier tuning jobs (warm start). */
  readonly parents: readonly Chart[];
  readonly curves: Chart | undefined;
  readonly timeline: Chart | undefined;
  readonly calibration: Chart | undefined;
  readonly features: readonly Chart[];
}

export interface DefinitionCharts {
  readonly definition: Definition;
  readonly importance: Chart | undefined;
  readonly parallel: Chart | undefined;
  readonly slices: readonly Chart[];
}

/** All charts of a report. The charts of the best job's definition come first. */
export function reportCharts(report: Report): ReportCharts {
  const best = report.jobs.find(({ name }) => name === report.bestJob);
  const own = report.definitions.filter(({ search }) => search === report.search.name);
  const isBest = ({ name }: Definition) => name !== undefined && name === best?.definition;
  return {
    objective: objectiveChart(report),
    definitions: [...own.filter(isBest), ...own.filter((one) => !isBest(one))].map((definition, index) => ({
      definition,
      importance: importanceChart(report, definition, `importance-${index}`),
      parallel: parallelChart(report, definition, `parallel-${index}`),
      slices: sliceCharts(report, definition, `slice-${index}`),
    })),
    parents: report.definitions
      .filter(({ search }) => search !== report.search.name)
      .flatMap((definition, index) => {
        const title = [definition.search, definition.name].filter(Boolean).join(', ');
        return parallelChart(report, definition, `parallel-parent-${index}`, title) ?? [];
      }),
    curves: curvesChart(report),
    timeline: timelineChart(report),
    calibration: calibrationChart(report),
    features: Object.entries(report.featureImportance ?? {}).map(([kind, features], index) =>
      barChart(
        { id: `features-${index}`, title: `Columns by ${kind}` },
        features
          .slice(0, MOST_FEATURES)
          .map(({ feature, importance }) => ({ name: feature, size: importance })),
      ),
    ),
  };
}

/** The charts, by ID. */
export function chartsById(charts: ReportCharts): Map<string, Chart> {
  const { objective, definitions, parents, curves, timeline, calibration, features } = charts;
  const all = [
    objective,
    ...definitions.flatMap(({ importance, parallel, slices }) => [importance, parallel, ...slices]),
    ...parents,
    curves,
    timeline,
    calibration,
    ...features,
  ];
  return new Map(all.flatMap((chart) => (chart ? [[chart.id, chart]] : [])));
}

function importanceChart(report: Report, { name }: Definition, id: string): Chart | undefined {
  const found = report.importance.find(({ definition }) => definition === name);
  return (
    found &&
    barChart(
      { id, title: 'Importance of the hyperparameters' },
      found.hyperparameters.map(({ name: hyperparameter, importance, isBeyondChance }) => ({
        name: hyperparameter,
        size: importance,
        label: formatShare(importance),
        isUnsure: !isBeyondChance,
      })),
    )
  );
}
