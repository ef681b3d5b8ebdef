import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { html } from '../../../local/src/markup/markup';
import { formatNumber } from '../../shared/format';
import { trainMetricOf } from '../analyses/overfit';
import { byValue, rankedJobs } from '../analyses/ranking';
import type { LearningCurve, Report } from '../report-data';
import { type Chart, frameOf, numberTicks, svgWithAxes, valueScale } from './chart';

const MOST_JOBS = 5;

/** The learning curves of the best jobs: the objective metric, and the same metric on the training data. */
export function curvesChart(report: Report): Chart | undefined {
  const { metric, type } = report.objective;
  const trainMetric = trainMetricOf(metric);
  const jobs = byValue(rankedJobs(report.jobs), type)
    .filter(({ name }) => report.learningCurves.some((curve) => curve.job === name))
    .slice(0, MOST_JOBS);
  const curves = jobs.flatMap(({ number, name }, rank) =>
    report.learningCurves.flatMap((curve) =>
      curve.job === name &&
      (curve.metric === metric || curve.metric === trainMetric) &&
      curve.points.length > 1
        ? [{ number, rank, curve, isTrain: curve.metric === trainMetric }]
        : [],
    ),
  );
  const [first] = curves;
  if (!first) return undefined;
  const unit: LearningCurve['unit'] = first.curve.unit;
  const drawn = curves.filter(({ curve }) => curve.unit === unit);
  const head = {
    id: 'curves',
    title: 'Learning curves of the best jobs',
    description: drawn
      .map(
        ({ number, curve }) =>
          `Job ${number}: ${curve.metric} ends at ${formatNumber(curve.points.at(-1)?.[1] ?? 0)}`,
      )
      .join('. '),
    minWidth: 320,
  };
  return {
    ...head,
    draw(width) {
      const frame = frameOf(width, Math.min(340, Math.max(260, width * 0.45)));
      const points = drawn.flatMap(({ curve }) => curve.points);
      const end = points.reduce((most, [at]) => Math.max(most, at), 0);
      const x = scaleLinear(
        [points.reduce((least, [at]) => Math.min(least, at), end), end || 1],
        [frame.left, frame.right],
      );
      const y = valueScale(
        points.map(([, value]) => value),
        frame,
      );
      const path = line<readonly [number, number]>(
        ([at]) => x(at),
        ([, value]) => y(value),
      ).digits(1);
      return {
        svg: svgWithAxes(
          head,
          frame,
          {
            x: numberTicks(x, Math.min(8, width / 80)),
            y: y.ticks,
            xLabel: unit === 'round' ? 'Round' : 'Seconds of training',
            yLabel: metric.replace(/^.*[:]/, ''),
          },
          // The best job is drawn last, on top of the others.
          html`${[...drawn]
            .reverse()
            .map(
              ({ curve, rank, isTrain }) =>
                html`<path class="curve r${rank}${isTrain && ' train'}" d="${path(curve.points as [number, number][]) ?? ''}"/>`,
            )}`,
        ),
        marks: drawn.flatMap(({ number, curve }) => {
          const whole = path(curve.points as [number, number][]) ?? '';
          return curve.points
            .filter((_point, index) => index % 4 === 0 || index === curve.points.length - 1)
            .map(([at, value]) => ({ job: number, x: x(at), y: y(value), path: whole }));
        }),
      };
    },
  };
}
