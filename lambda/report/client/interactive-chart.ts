import { fill, svgElement } from '../../shared/client/dom';
import type { Chart, Drawing, Mark } from '../charts/chart';
import { Brush } from './brush';
import type { State } from './state';
import type { Tooltip } from './tooltip';

/** Maximum distance between the pointer and a job, in pixels. */
const REACH = 28;

/** A chart that adapts to the window's width, and shows the job at the pointer. */
export class InteractiveChart {
  private readonly plot: HTMLElement;
  private readonly brush: Brush;
  private drawing: Drawing | undefined;
  private width = 0;

  constructor(
    figure: HTMLElement,
    private readonly chart: Chart,
    private readonly state: State,
    private readonly tooltip: Tooltip,
  ) {
    this.plot = figure.querySelector('.plot') as HTMLElement;
    this.brush = new Brush(chart.id, state);
    this.plot.addEventListener('pointermove', (event) => this.pointAt(event));
    this.plot.addEventListener('pointerleave', () => this.leave());
    this.plot.addEventListener('click', (event) => {
      const mark = this.markAt(event);
      if (mark) state.toggle(mark.job);
    });
    this.plot.addEventListener('keydown', (event) => this.onKey(event));
    this.plot.addEventListener('blur', () => this.leave());
    new ResizeObserver(() => this.resize()).observe(this.plot);
    state.onChange((change) => (change === 'intervals' ? this.draw() : this.showJobs()));
    this.resize();
  }

  private resize(): void {
    const width = Math.max(Math.floor(this.plot.clientWidth), this.chart.minWidth);
    if (width === this.width || this.plot.clientWidth === 0) return;
    this.width = width;
    this.draw();
  }

  private draw(): void {
    if (this.width === 0) return;
    this.drawing = this.chart.draw(this.width, this.state);
    fill(this.plot, this.drawing.svg);
    const svg = this.plot.querySelector('svg');
    if (svg && this.drawing.axes) this.brush.attach(svg, this.drawing.axes);
    this.showJobs();
  }

  /** Highlights the selected jobs and the job at the pointer. */
  private showJobs(): void {
    const svg = this.plot.querySelector('svg');
    if (!svg || !this.drawing) return;
    for (const element of svg.querySelectorAll('.highlight, .selection')) element.remove();
    const { marks } = this.drawing;
    const pathsOf = (jobs: ReadonlySet<number>) =>
      [...new Set(marks.filter(({ job }) => jobs.has(job)).map(({ path }) => path))].join('');
    const { selected, pointed } = this.state;
    if (selected.size > 0) svg.append(svgElement('path', { class: 'selection', d: pathsOf(selected) }));
    if (pointed !== undefined) {
      svg.append(svgElement('path', { class: 'highlight', d: pathsOf(new Set([pointed])) }));
    }
  }

  private pointAt(event: PointerEvent): void {
    const mark = this.markAt(event);
    this.state.point(mark?.job);
    if (mark) this.tooltip.show(mark.job, event.clientX, event.clientY);
    else this.tooltip.hide();
  }

  private leave(): void {
    this.state.point(undefined);
    this.tooltip.hide();
  }

  private markAt(event: MouseEvent): Mark | undefined {
    const svg = this.plot.querySelector('svg');
    if (!svg || !this.drawing || this.brush.isDragging) return undefined;
    const box = svg.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let nearest: Mark | undefined;
    let least = REACH;
    for (const mark of this.drawing.marks) {
      const distance = Math.hypot(mark.x - x, mark.y - y);
      if (distance < least && this.state.isShown(mark.job)) [nearest, least] = [mark, distance];
    }
    return nearest;
  }

  /** Arrow keys move from job to job. Enter selects a job. */
  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.plot || !this.drawing) return;
    const marks = this.drawing.marks.filter(({ job }) => this.state.isShown(job));
    const jobs = [...new Set(marks.map(({ job }) => job))].sort((one, other) => one - other);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const { pointed } = this.state;
    if (step !== undefined && jobs.length > 0) {
      const at = pointed === undefined ? -1 : jobs.indexOf(pointed);
      const job = jobs[(at + step + jobs.length) % jobs.length] ?? 0;
      const mark = marks.find((one) => one.job === job);
      const box = this.plot.querySelector('svg')?.getBoundingClientRect();
      this.state.point(job);
      if (mark && box) this.tooltip.show(job, box.left + mark.x, box.top + mark.y);
    } else if (event.key === 'Enter' && pointed !== undefined) {
      this.state.toggle(pointed);
    } else if (event.key === 'Escape') {
      this.leave();
    } else {
      return;
    }
    event.preventDefault();
  }
}
