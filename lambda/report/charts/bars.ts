import { html } from '../../../local/src/markup/markup';
import { cut, formatNumber } from '../../shared/format';
import { type Chart, px, svg } from './chart';

export interface Bar {
  readonly name: string;
  readonly size: number;
  readonly label?: string;
  /** Whether the value is uncertain. The bar of an uncertain value is paler. */
  readonly isUnsure?: boolean;
}

const ROW = 26;

/** A bar chart with names. The longest bar is as wide as the chart. */
export function barChart(head: Pick<Chart, 'id' | 'title'>, bars: readonly Bar[]): Chart {
  const named = {
    ...head,
    description: bars.map(({ name, size, label }) => `${name} ${label ?? formatNumber(size)}`).join(', '),
    minWidth: 260,
  };
  const longest = Math.max(...bars.map(({ size }) => size), 0) || 1;
  return {
    ...named,
    draw(width) {
      const left = Math.min(190, width * 0.4);
      const room = width - left - 70;
      return {
        svg: svg(
          named,
          { width, height: bars.length * ROW + 4 },
          html`${bars.map(({ name, size, label, isUnsure }, index) => {
            const y = index * ROW;
            const length = Math.max(1, (Math.max(0, size) / longest) * room);
            return html`<text class="y" x="${px(left - 8)}" y="${y + 17}">${cut(name, Math.floor(left / 6.6))}<title>${name}</title></text>
<rect class="bar${isUnsure && ' unsure'}" x="${px(left)}" y="${y + 4}" width="${px(length)}" height="${ROW - 8}" rx="2"/>
<text class="tick" x="${px(left + length + 6)}" y="${y + 17}">${label ?? formatNumber(size)}</text>`;
          })}`,
        ),
        marks: [],
      };
    },
  };
}
