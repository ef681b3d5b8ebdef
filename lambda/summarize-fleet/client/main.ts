// Makes the table of items sortable and searchable.
import { compareValues, filterControls, makeSortable } from '../../shared/client/table';

const table = document.getElementById('item-table') as HTMLTableElement;
const body = table.tBodies[0] as HTMLTableSectionElement;
const rows = [...body.rows];
const texts = new Map(rows.map((row) => [row, (row.textContent ?? '').toLowerCase()]));

const { status, search, shown } = filterControls(rows.map(statusOf));
document.getElementById('item-tools')?.append(status, search, shown);

function statusOf(row: HTMLTableRowElement): string {
  return row.cells[1]?.textContent ?? '';
}

function filter(): void {
  const words = search.value.toLowerCase().trim();
  let count = 0;
  for (const row of rows) {
    row.hidden = !(
      (status.value === '' || statusOf(row) === status.value) &&
      (words === '' || texts.get(row)?.includes(words))
    );
    if (!row.hidden) count += 1;
  }
  shown.textContent = `${count} of ${rows.length} shown`;
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
  body.append(...sorted.map(({ row }) => row));
});
search.addEventListener('input', filter);
status.addEventListener('change', filter);
filter();
document.documentElement.classList.add('script');
performance.mark('interactive');
