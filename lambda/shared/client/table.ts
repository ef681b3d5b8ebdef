import { announce, button } from './dom';

/** The controls that filter a table. */
export interface FilterControls {
  readonly status: HTMLSelectElement;
  readonly search: HTMLInputElement;
  /** The number of rows that are shown. */
  readonly shown: HTMLElement;
}

/** @param statuses the statuses of all rows */
export function filterControls(statuses: readonly string[]): FilterControls {
  const status = document.createElement('select');
  status.setAttribute('aria-label', 'Status');
  const distinct = [...new Set(statuses)].sort();
  status.append(new Option('All statuses', ''), ...distinct.map((each) => new Option(each, each)));
  const search = document.createElement('input');
  search.type = 'search';
  search.placeholder = 'Find in all columns';
  search.setAttribute('aria-label', 'Find in all columns');
  return { status, search, shown: document.createElement('span') };
}

/**
 * Turns the column headers of a table into buttons that sort the table. The first click on a header sorts in ascending
 * order, and the second click sorts in descending order.
 *
 * @returns a function that marks a column as sorted
 */
export function makeSortable(
  { tHead }: HTMLTableElement,
  sort: (column: number, isDescending: boolean) => void,
): (column: number, isDescending: boolean) => void {
  const heads = [...(tHead?.rows[0]?.cells ?? [])];
  const mark = (column: number, isDescending: boolean) => {
    for (const head of heads) head.removeAttribute('aria-sort');
    heads[column]?.setAttribute('aria-sort', isDescending ? 'descending' : 'ascending');
  };
  heads.forEach((head, column) => {
    const title = head.textContent ?? '';
    const sorter = button(title, () => {
      const isDescending = head.getAttribute('aria-sort') === 'ascending';
      sort(column, isDescending);
      mark(column, isDescending);
      announce(`Sorted by ${title}, ${isDescending ? 'descending' : 'ascending'}`);
    });
    sorter.className = 'sort';
    sorter.dir = 'auto';
    head.replaceChildren(sorter);
  });
  return mark;
}

/** Compares the values of rows. Rows without a value come last in both sort directions. */
export function compareValues(
  one: string | number | undefined,
  other: string | number | undefined,
  isDescending: boolean,
): number {
  if (one === undefined || other === undefined)
    return Number(one === undefined) - Number(other === undefined);
  const order = one < other ? -1 : one > other ? 1 : 0;
  return isDescending ? -order : order;
}
