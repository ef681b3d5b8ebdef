// Makes the table of items sortable and searchable.
import { button } from '../../shared/client/dom';
import { compareValues, filterControls, makeSortable } from '../../shared/client/table';

/** Number of rows that the table shows at first. A browser needs seconds to lay out 10,000 rows. */
const FIRST_ROWS = 500;

const table = document.getElementById('item-table') as HTMLTableElement;
const body = table.tBodies[0] as HTMLTableSectionElement;
/** All rows in the order of the file. */
const rows = [...body.rows];
/** All rows in the order of the table. */
let sortedRows = rows;
let limit = FIRST_ROWS;
const texts = new Map(rows.map((row) => [row, (row.textContent ?? '').toLowerCase()]));

const { status, search, shown } = filterControls(rows.map(statusOf));
const showAll = button('', () => {
  limit = Number.POSITIVE_INFINITY;
  filter();
  search.focus();
});
document.getElementById('item-tools')?.append(status, search, shown, showAll);

function statusOf(row: HTMLTableRowElement): string {
  return row.cells[1]?.textContent ?? '';
}

function filter(most = limit): void {
  const words = search.value.toLowerCase().trim();
  let found = 0;
  for (const row of sortedRows) {
    const isFound =
      (status.value === '' || statusOf(row) === status.value) &&
      (words === '' || texts.get(row)?.includes(words));
    if (isFound) found += 1;
    row.hidden = !isFound || found > most;
  }
  const isCut = found > most;
  shown.textContent = isCut ? `the first ${most} of ${found} shown` : `${found} of ${rows.length} shown`;
  showAll.textContent = `Show all ${found}`;
  showAll.hidden = !isCut;
}

/** The value of a cell, for sorting; undefined for an empty cell. */
function sortValue(row: HTMLTableRowElement, column: number): string | number | undefined {
  const cell = row.cells[column];
  const value = cell?.dataset['value'];
  return value === undefined ? cell?.textContent || undefined : Number(value);
}

makeSortable(table, (column, isDescending) => {
  const sorted = rows.map((row) => ({ row, value: sortValue(row, column) }));
  sorted.sort((one, other) => compareValues(one.value, other.value, isDescending));
  sortedRows = sorted.map(({ row }) => row);
  filter();
  body.append(...sortedRows);
});
search.addEventListener('input', () => filter());
status.addEventListener('change', () => filter());
// Printed pages have all rows that were found.
window.addEventListener('beforeprint', () => filter(Number.POSITIVE_INFINITY));
window.addEventListener('afterprint', () => filter());
filter();
document.documentElement.classList.add('script');
performance.mark('interactive');
