import { button } from '../../shared/client/dom';
import { compareValues, type FilterControls, filterControls, makeSortable } from '../../shared/client/table';
import { type Column, columnsOf } from '../page/columns';
import type { Job } from '../report-data';
import type { State } from './state';

/** Makes the table of all jobs sortable, filterable and selectable. */
export class JobTable {
  private readonly table = document.getElementById('job-table') as HTMLTableElement;
  private readonly body = this.table.tBodies[0] as HTMLTableSectionElement;
  /** Rows, indexed by job number minus one. */
  private readonly rows = [...this.body.rows];
  private readonly boxes: HTMLInputElement[] = [];
  private readonly controls: FilterControls;
  private readonly reset = button('Clear intervals', () => this.state.clearIntervals());

  constructor(private readonly state: State) {
    this.controls = filterControls(state.report.jobs.map(({ status }) => status));
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
    const { status, search, shown } = this.controls;
    const { filter } = this.state;
    if ([...status.options].some(({ value }) => value === filter.status)) status.value = filter.status;
    search.value = filter.words;
    const choose = () => this.state.filterBy({ status: status.value, words: search.value });
    status.addEventListener('change', choose);
    search.addEventListener('input', choose);
    document.getElementById('job-tools')?.append(status, search, this.reset, shown);
  }

  private addSorting(): void {
    const columns: Pick<Column, 'read' | 'title'>[] = [
      { title: '#', read: (job) => job.number },
      ...columnsOf(this.state.report),
    ];
    const mark = makeSortable(this.table, (index, isDescending) => {
      const column = columns[index];
      if (column === undefined) return;
      this.sort(column.read, isDescending);
      this.state.sortBy({ column: column.title, isDescending });
    });
    const { sorting } = this.state;
    const kept = columns.findIndex(({ title }) => title === sorting?.column);
    const column = columns[kept];
    if (!sorting || column === undefined) return;
    this.sort(column.read, sorting.isDescending);
    mark(kept, sorting.isDescending);
  }

  private sort(read: Column['read'], isDescending: boolean): void {
    const order = this.state.report.jobs.map((job, at) => ({ value: read(job), at }));
    order.sort((one, other) => compareValues(one.value, other.value, isDescending) || one.at - other.at);
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
    const { status, search, shown } = this.controls;
    const words = search.value.toLowerCase().trim();
    const matches = (job: Job, row: HTMLTableRowElement) =>
      this.state.isShown(job.number) &&
      (status.value === '' || job.status === status.value) &&
      (words === '' || (row.textContent ?? '').toLowerCase().includes(words));
    let count = 0;
    this.state.report.jobs.forEach((job, at) => {
      const row = this.rows[at];
      if (!row) return;
      row.hidden = !matches(job, row);
      if (!row.hidden) count += 1;
    });
    shown.textContent = `${count} of ${this.rows.length} shown`;
    this.reset.hidden = this.state.intervals.size === 0;
  }
}
