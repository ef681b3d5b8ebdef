import { type Content, html, type Markup } from '../../../local/src/markup/markup';
import type { Chart } from '../charts/chart';

/** A chart with its title. The page's script redraws the chart at the width of the window. */
export function figure(chart: Chart | undefined, width: number, note?: Content): Content {
  if (!chart) return undefined;
  return html`<figure class="${kindOf(chart)}" data-chart="${chart.id}"><figcaption>${chart.title}</figcaption>${note}
<div class="plot" tabindex="0" role="group" aria-label="${chart.title}">${chart.draw(Math.max(width, chart.minWidth)).svg}</div></figure>`;
}

/** The first part of a chart's id. */
function kindOf({ id }: Chart): string {
  return id.replace(/-.*/, '');
}

/** Legend of a chart's colors. */
export function legend(entries: readonly (readonly [className: string, label: string])[]): Markup {
  const path = (className: string) =>
    className.startsWith('dots') ? 'M9 5h0' : className === 'failed-marks' ? 'M6 2l6 6m0-6l-6 6' : 'M2 5h14';
  return html`<ul class="legend">${entries.map(
    ([className, label]) =>
      html`<li><svg class="swatch" viewBox="0 0 18 10" aria-hidden="true"><path class="${className}" d="${path(className)}"/></svg><bdi>${label}</bdi></li>`,
  )}</ul>`;
}

/** Legend of the line colors in the parallel coordinates chart. */
export function linesLegend(hasBest: boolean): Markup {
  return legend([
    ...(hasBest ? [['line best-line', 'best job'] as const] : []),
    ['line q0', 'best fifth'],
    ['line q2', 'middle fifth'],
    ['line q4', 'worst fifth'],
  ]);
}
