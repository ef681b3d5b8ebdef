import type { Chart } from '../charts/chart';
import { inInterval } from './brush';
import { type Filter, type Sorting, type State, UNFILTERED } from './state';

const KEY = `choices ${location.pathname}`;

/**
 * The user's choices as JSON. They refer to jobs by name, because the numbers of the jobs change while a search runs.
 */
interface Choices {
  readonly selected: readonly string[];
  readonly intervals: readonly (readonly [axis: string, interval: readonly [number, number]])[];
  readonly filter: Filter;
  readonly sorting?: Sorting;
  /** Label of the focused control. */
  readonly focus?: string;
}

/** Keeps the user's choices in the browser tab, because the page of a running search is reloaded every few seconds. */
export function keepChoices(state: State, charts: ReadonlyMap<string, Chart>): void {
  restore(state, charts);
  state.onChange((change) => {
    if (change !== 'pointed') save(state);
  });
  addEventListener('pagehide', () => save(state));
}

/** Focuses the control that had the focus before the page was reloaded, so that the user can continue typing. */
export function restoreFocus(): void {
  const label = stored()?.focus;
  for (const control of document.querySelectorAll<HTMLElement>('#job-tools [aria-label]')) {
    if (control.getAttribute('aria-label') === label) control.focus({ preventScroll: true });
  }
}

function save({ report, selected, intervals, filter, sorting }: State): void {
  const focus = document.activeElement?.getAttribute('aria-label');
  const choices: Choices = {
    selected: report.jobs.filter(({ number }) => selected.has(number)).map(({ name }) => name),
    intervals: [...intervals].map(([axis, { shares }]) => [axis, shares]),
    filter,
    ...(sorting && { sorting }),
    ...(focus && { focus }),
  };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(choices));
  } catch {
    // The browser does not allow storage, or the storage is full.
  }
}

function restore(state: State, charts: ReadonlyMap<string, Chart>): void {
  const choices = stored();
  if (choices === undefined) return;
  for (const { name, number } of state.report.jobs) {
    if (choices.selected.includes(name)) state.selected.add(number);
  }
  for (const [key, shares] of choices.intervals) {
    const [id = '', ...name] = key.split(' ');
    const chart = charts.get(id);
    const axis = chart?.draw(chart.minWidth).axes?.find((each) => each.name === name.join(' '));
    if (axis) state.intervals.set(key, { shares, jobs: inInterval(axis, shares) });
  }
  state.filter = choices.filter ?? UNFILTERED;
  state.sorting = choices.sorting;
}

function stored(): Choices | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? '') as Choices;
  } catch {
    return undefined;
  }
}
