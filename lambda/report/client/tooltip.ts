import { html } from '../../../local/src/markup/markup';
import { announce, fill } from '../../shared/client/dom';
import { cut, formatNumber, formatValue } from '../../shared/format';
import type { State } from './state';

const MOST_HYPERPARAMETERS = 12;

/** Details of the job at the pointer. */
export class Tooltip {
  private readonly element = document.createElement('div');

  constructor(private readonly state: State) {
    this.element.className = 'tooltip';
    this.element.hidden = true;
    document.body.append(this.element);
  }

  show(number: number, x: number, y: number): void {
    const job = this.state.job(number);
    if (!job) return;
    const { metric } = this.state.report.objective;
    const values = Object.entries(job.hyperparameters).slice(0, MOST_HYPERPARAMETERS);
    const value = job.value === undefined ? 'no value' : formatNumber(job.value);
    fill(
      this.element,
      html`<b>Job ${number}</b> · ${job.status}${job.definition !== undefined && ` · ${cut(job.definition, 40)}`}
<p><bdi>${cut(metric, 40)}</bdi> <b>${value}</b></p>
<table>${values.map(([name, text]) => html`<tr><td><bdi>${cut(name, 30)}</bdi><td>${cut(formatValue(text), 30)}`)}</table>`,
    );
    this.element.hidden = false;
    const { width, height } = this.element.getBoundingClientRect();
    const left = x + 16 + width > innerWidth ? Math.max(4, x - 16 - width) : x + 16;
    const top = Math.max(4, Math.min(y + 12, innerHeight - height - 4));
    this.element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    announce(`Job ${number}, ${job.status}, ${metric} ${value}`);
  }

  hide(): void {
    this.element.hidden = true;
  }
}
