import { type Column, columnsOf } from '../page/columns';
import type { Job } from '../report-data';
import { announce, button } from './dom';
import type { State } from './state';

/** Makes the table of all jobs sortable, filterable and selectable. */
export class JobTable {
  private readonly table = document.getElementById('job-table') as HTMLTableElement;
  private readonly body = this.table.tBodies[0] as HTMLTableSectionElement;
  /** Rows, indexed by job number minus one. */
  private readonly rows = [...this.body.rows];
  private readonly boxes: HTMLInputElement[] = [];
  private readonly status = document.createElement('select');
  private readonly search = document.createElement('input');
  private readonly shown = document.createElement('span');
  private readonly reset = button('Clear intervals', () => this.state.clearIntervals());

  constructor(private readonly state: State) {
    this.addTools();
    this.addSorting();
    this.addSelection();
    this.body.addEventListener('pointerover', (event) => this.pointAt(event.target));
    this.body.addEventListener('pointerleave', () => state.point(undefined));
    this.body.addEventListener('focusin', (event) => this.pointAt(event.target));
    state.onChange((change) => {
      if (change === 'intervals' || change === 'filter') this.filter();
      else if (change !== 'sorting') this.mark();
    });
    this.filter();
    this.mark();
  }

  private addTools(): void {
    const tools = document.getElementById('job-tools');
    const statuses = [...new Set(this.state.report.jobs.map(({ status }) => status))].sort();
    this.status.append(
      new Option('All statuses', ''),
      ...statuses.map((status) => new Option(status, status)),
    );
    this.status.setAttribute('aria-label', 'Status');
    this.search.type = 'search';
    this.search.placeholder = 'Find in all columns';
    this.search.setAttribute('aria-label', 'Find in all columns');
    const { filter } = this.state;
    if (statuses.includes(filter.status)) this.status.value = filter.status;
    this.search.value = filter.words;
    const choose = () => this.state.filterBy({ status: this.status.value, words: this.search.value });
    this.status.addEventListener('change', choose);
    this.search.addEventListener('input', choose);
    tools?.append(this.status, this.search, this.reset, this.shown);
  }

  private addSorting(): void {
    const columns: Pick<Column, 'read' | 'title' | 'isText'>[] = [
      { title: '#', isText: false, read: (job) => job.number },
      ...columnsOf(this.state.report),
    ];
    const heads = [...(this.table.tHead?.rows[0]?.cells ?? [])];
    const sortBy = (index: number, isDescending: boolean) => {
      this.sort(columns[index]?.read ?? (() => undefined), isDescending);
      heads.forEach((head, at) => {
        if (at === index) head.setAttribute('aria-sort', isDescending ? 'descending' : 'ascending');
        else head.removeAttribute('aria-sort');
      });
    };
    heads.forEach((head, index) => {
      const column = columns[index]?.title;
      if (column === undefined) return;
      const sort = button(column, () => {
        const { sorting } = this.state;
        const isDescending = sorting?.column === column && !sorting.isDescending;
        sortBy(index, isDescending);
        this.state.sortBy({ column, isDescending });
        announce(`Sorted by ${column}, ${isDescending ? 'descending' : 'ascending'}`);
      });
      sort.className = 'sort';
      sort.dir = 'auto';
      head.replaceChildren(sort);
    });
    const { sorting } = this.state;
    const kept = columns.findIndex(({ title }) => title === sorting?.column);
    if (sorting && kept >= 0) sortBy(kept, sorting.isDescending);
  }

  private sort(read: Column['read'], isDescending: boolean): void {
    const order = this.state.report.jobs.map((job, at) => ({ value: read(job), at }));
    order.sort((one, other) => compare(one.value, other.value, isDescending) || one.at - other.at);
    this.body.append(...order.flatMap(({ at }) => this.rows[at] ?? []));
  }

  private addSelection(): void {
    const head = document.createElement('th');
    head.scope = 'col';
    head.textContent = 'Compare';
    this.table.tHead?.rows[0]?.prepend(head);
    this.rows.forEach((row, at) => {
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.setAttribute('aria-label', `Compare job ${at + 1}`);
      box.addEventListener('change', () => this.state.toggle(at + 1));
      this.boxes.push(box);
      row.insertCell(0).append(box);
    });
  }

  private pointAt(target: EventTarget | null): void {
    const row = (target as Element | null)?.closest('tr');
    const at = row ? this.rows.indexOf(row) : -1;
    this.state.point(at < 0 ? undefined : at + 1);
  }

  private mark(): void {
    this.rows.forEach((row, at) => {
      const isSelected = this.state.selected.has(at + 1);
      row.classList.toggle('pointed', this.state.pointed === at + 1);
      row.classList.toggle('selected', isSelected);
      const box = this.boxes[at];
      if (box) box.checked = isSelected;
    });
  }

  private filter(): void {
    const words = this.search.value.toLowerCase().trim();
    const matches = (job: Job, row: HTMLTableRowElement) =>
      this.state.isShown(job.number) &&
      (this.status.value === '' || job.status === this.status.value) &&
      (words === '' || (row.textContent ?? '').toLowerCase().includes(words));
    let shown = 0;
    this.state.report.jobs.forEach((job, at) => {
      const row = this.rows[at];
      if (!row) return;
      row.hidden = !matches(job, row);
      if (!row.hidden) shown += 1;
    });
    this.shown.textContent = `${shown} of ${this.rows.length} shown`;
    this.reset.hidden = this.state.intervals.size === 0;
  }
}

/** Compares rows. Rows without a value come last in both sort directions. */
function compare(
  one: string | number | undefined,
  other: string | number | undefined,
  isDescending: boolean,
): number {
  if (one === undefined || other === undefined)
    return Number(one === undefined) - Number(other === undefined);
  const order = one < other ? -1 : one > other ? 1 : 0;
  return isDescending ? -order : order;
}
