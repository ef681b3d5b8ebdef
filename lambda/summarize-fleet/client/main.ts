// Makes the table of items sortable and searchable.

const table = document.getElementById('item-table') as HTMLTableElement;
const body = table.tBodies[0] as HTMLTableSectionElement;
const rows = [...body.rows];
const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
const texts = new Map(rows.map((row) => [row, (row.textContent ?? '').toLowerCase()]));

const search = document.createElement('input');
search.type = 'search';
search.placeholder = 'Find in all columns';
search.setAttribute('aria-label', 'Find in all columns');
const statuses = [...new Set(rows.map((row) => row.cells[1]?.textContent ?? ''))].sort();
const statusChoice = document.createElement('select');
statusChoice.setAttribute('aria-label', 'Status');
statusChoice.append(new Option('All statuses', ''), ...statuses.map((each) => new Option(each, each)));
const shown = document.createElement('span');
document.getElementById('item-tools')?.append(statusChoice, search, shown);

function filter(): void {
  const words = search.value.toLowerCase().trim();
  let count = 0;
  for (const row of rows) {
    row.hidden = !(
      (statusChoice.value === '' || row.cells[1]?.textContent === statusChoice.value) &&
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

/** Sorts the rows. Empty cells are last in both directions. */
function sort(column: number, isDescending: boolean): void {
  const sorted = rows.map((row) => ({ row, value: sortValue(row, column) }));
  sorted.sort(({ value: one }, { value: other }) => {
    if (one === undefined || other === undefined)
      return Number(one === undefined) - Number(other === undefined);
    const order = one < other ? -1 : one > other ? 1 : 0;
    return isDescending ? -order : order;
  });
  body.append(...sorted.map(({ row }) => row));
}

for (const [column, head] of heads.entries()) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'sort';
  button.textContent = head.textContent;
  button.addEventListener('click', () => {
    const isDescending = head.getAttribute('aria-sort') === 'ascending';
    sort(column, isDescending);
    for (const other of heads) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', isDescending ? 'descending' : 'ascending');
    const announcement = document.getElementById('announcement');
    if (announcement) {
      announcement.textContent = `Sorted by ${button.textContent}, ${isDescending ? 'descending' : 'ascending'}`;
    }
  });
  head.replaceChildren(button);
}
search.addEventListener('input', filter);
statusChoice.addEventListener('change', filter);
filter();
document.documentElement.classList.add('script');
performance.mark('interactive');
