import { scaleLinear } from 'd3-scale';
import { html } from '../../../local/src/markup/markup';
import { formatNumber } from '../../shared/format';
import type { Report } from '../report-data';
import { type Chart, dots, drawable, frameOf, numberTicks, polyline, px, svgWithAxes } from './chart';

/**
 * Compares predictions with labels. For each bin of similar predictions, it shows the mean prediction and the mean
 * label.
 */
export function calibrationChart({ evaluation }: Pick<Report, 'evaluation'>): Chart | undefined {
  const bins = evaluation?.charts?.calibration ?? [];
  if (!evaluation || bins.length < 2) return undefined;
  const isShare = evaluation.problem === 'BinaryClassification';
  const head = {
    id: 'calibration',
    title: isShare ? 'Predicted and actual share of class 1' : 'Predictions and labels',
    description: bins
      .map(({ prediction, label }) => `Predicted ${formatNumber(prediction)}, actual ${formatNumber(label)}`)
      .join('. '),
    minWidth: 300,
  };
  const values = isShare
    ? [0, 1]
    : bins.flatMap(({ prediction, label }) => [prediction, label]).map(drawable);
  const ends = [Math.min(...values), Math.max(...values)] as const;
  return {
    ...head,
    draw(width) {
      const frame = frameOf(width, Math.min(340, Math.max(260, width * 0.7)));
      const x = scaleLinear(ends, [frame.left, frame.right]);
      const y = scaleLinear(ends, [frame.bottom, frame.top]);
      const places = bins.map(
        ({ prediction, label }) => [x(drawable(prediction)), y(drawable(label))] as const,
      );
      const diagonal = `M${px(frame.left)} ${px(frame.bottom)}L${px(frame.right)} ${px(frame.top)}`;
      return {
        svg: svgWithAxes(
          head,
          frame,
          {
            x: numberTicks(x, Math.min(6, width / 80)),
            y: numberTicks(y, 5),
            xLabel: 'Mean prediction',
            yLabel: isShare ? 'Share of class 1' : 'Mean label',
          },
          html`<path class="perfect" d="${diagonal}"/><path class="curve r0" d="${polyline(places, false)}"/><path class="dots g0" d="${dots(places)}"/>`,
        ),
        marks: [],
      };
    },
  };
}
