import { announce, svgElement } from '../../shared/client/dom';
import type { BrushAxis } from '../charts/chart';
import type { State } from './state';

const WIDTH = 22;
/** How far an arrow key moves the interval, as a share of the axis. */
const STEP = 0.05;
/** Size of an interval that is created with the keyboard, as a share of the axis. */
const FIRST = 0.25;

/** Intervals on the axes of a chart, chosen with the pointer or the keyboard. */
export class Brush {
  isDragging = false;
  /** Axis to focus again after choosing an interval, because the chart is redrawn and loses the focus. */
  private keyboardAxis: string | undefined;

  constructor(
    private readonly chart: string,
    private readonly state: State,
  ) {}

  attach(svg: SVGSVGElement, axes: readonly BrushAxis[]): void {
    // An element with the role `img` must not contain focusable elements.
    svg.setAttribute('role', 'group');
    for (const axis of axes) {
      const { name, x, top, bottom } = axis;
      const interval = this.sharesOn(name);
      if (interval) {
        const [from, to] = interval.map((share) => top + share * (bottom - top)) as [number, number];
        svg.append(
          svgElement('rect', {
            class: 'brush',
            x: x - 7,
            y: from,
            width: 14,
            height: Math.max(2, to - from),
            rx: 3,
          }),
        );
      }
      const area = svgElement('rect', {
        class: 'brush-area',
        x: x - WIDTH / 2,
        y: top - 6,
        width: WIDTH,
        height: bottom - top + 12,
        tabindex: 0,
        role: 'button',
        'aria-label': `Choose an interval of ${name}`,
      });
      area.addEventListener('pointerdown', (event) => this.drag(event, svg, axis));
      area.addEventListener('keydown', (event) => this.onKey(event, axis));
      svg.append(area);
      if (this.keyboardAxis === name) area.focus();
    }
  }

  private drag(start: PointerEvent, svg: SVGSVGElement, axis: BrushAxis): void {
    start.preventDefault();
    const shareOf = (event: PointerEvent) => {
      const y = event.clientY - svg.getBoundingClientRect().top;
      return Math.min(1, Math.max(0, (y - axis.top) / (axis.bottom - axis.top)));
    };
    const from = shareOf(start);
    const box = svgElement('rect', {
      class: 'brush',
      x: axis.x - 7,
      y: start.offsetY,
      width: 14,
      height: 1,
      rx: 3,
    });
    svg.append(box);
    this.isDragging = true;
    const move = (event: PointerEvent) => {
      const [low, high] = sorted(from, shareOf(event));
      box.setAttribute('y', String(axis.top + low * (axis.bottom - axis.top)));
      box.setAttribute('height', String(Math.max(1, (high - low) * (axis.bottom - axis.top))));
    };
    const end = (event: PointerEvent) => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', end);
      window.removeEventListener('pointercancel', end);
      const [low, high] = sorted(from, shareOf(event));
      // A click without dragging removes the interval.
      this.choose(axis, high - low < 0.01 ? undefined : [low, high]);
      // Ignores the click event that follows dragging: it is not a click on a job.
      setTimeout(() => {
        this.isDragging = false;
      });
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', end);
    window.addEventListener('pointercancel', end);
  }

  /** Up and Down move the interval or, with Shift, its lower end. Enter and Escape remove the interval. */
  private onKey(event: KeyboardEvent, axis: BrushAxis): void {
    const [from, to] = this.sharesOn(axis.name) ?? [0.5 - FIRST / 2, 0.5 + FIRST / 2];
    const step = { ArrowUp: -STEP, ArrowDown: STEP }[event.key];
    this.keyboardAxis = axis.name;
    if (step !== undefined) {
      const by = Math.min(1 - to, Math.max(event.shiftKey ? from + STEP - to : -from, step));
      this.choose(axis, [event.shiftKey ? from : from + by, to + by]);
    } else if (event.key === 'Escape' || event.key === 'Enter') {
      this.choose(axis, undefined);
    } else {
      return;
    }
    event.preventDefault();
  }

  private sharesOn(axis: string): readonly [number, number] | undefined {
    return this.state.intervals.get(`${this.chart} ${axis}`)?.shares;
  }

  private choose(axis: BrushAxis, shares: readonly [number, number] | undefined): void {
    const interval = shares && { shares, jobs: inInterval(axis, shares) };
    this.state.choose(`${this.chart} ${axis.name}`, interval);
    const shown = this.state.report.jobs.filter(({ number }) => this.state.isShown(number)).length;
    this.keyboardAxis = undefined;
    announce(`${shown} of ${this.state.report.jobs.length} jobs match`);
  }
}

/** Numbers of the jobs in an interval of an axis. The two ends of the interval are shares of the axis. */
export function inInterval(
  { top, bottom, places }: BrushAxis,
  shares: readonly [number, number],
): ReadonlySet<number> {
  const [from, to] = shares.map((share) => top + share * (bottom - top)) as [number, number];
  return new Set([...places].filter(([, y]) => y >= from - 0.5 && y <= to + 0.5).map(([job]) => job));
}

function sorted(one: number, other: number): [number, number] {
  return one < other ? [one, other] : [other, one];
}
