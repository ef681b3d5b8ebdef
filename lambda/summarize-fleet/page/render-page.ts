import { type Content, html, type Markup } from '../../../local/src/markup/markup';
import { htmlPage, type PageAssets } from '../../../local/src/markup/page';
import { count, formatNumber, formatSeconds, formatShare, formatTime } from '../../shared/format';
import type { Cost, FleetSummary, ItemResult } from '../fleet-data';
import { gateOf } from '../item-result';
import { histogram } from './histogram';

/** Data of the page. */
export interface FleetPage {
  /** Name of the execution. */
  readonly execution: string;
  readonly createdAt: string;
  /** Status of an execution that did not succeed. */
  readonly status?: string | undefined;
  readonly fleet: FleetSummary;
  /** The items, worst first. */
  readonly items: readonly ItemResult[];
}

/** Renders `fleet.html`. The page is self-contained, and shows everything without JavaScript. */
export function renderPage(page: FleetPage, assets: PageAssets): string {
  const { execution, createdAt, status, fleet, items } = page;
  return htmlPage(
    { ...assets, title: `${execution} – fleet summary` },
    html`<a class="skip" href="#items">Skip to the items</a>
<header><p class="kind">Fleet of tuning jobs</p><h1><bdi>${execution}</bdi>${status && html` <span class="status status-failed">${status}</span>`}</h1>
<p class="meta">${formatTime(createdAt)}</p></header>
<main>
${overview(fleet)}
${distribution(fleet, items)}
${reasons(fleet)}
${table(items)}
</main>
<p id="announcement" class="hidden" aria-live="polite"></p>`,
  );
}

function overview(fleet: FleetSummary): Markup {
  const {
    items,
    succeeded,
    failed,
    notStarted,
    skipped,
    objective,
    instanceSeconds,
    cost,
    unknownItems,
    unreadReports,
    quotas,
  } = fleet;
  const facts: (readonly [string, string])[] = [
    ['Succeeded', formatNumber(succeeded)],
    ['Failed', formatNumber(failed)],
    ...(skipped > 0 ? [['Skipped', formatNumber(skipped)] as const] : []),
    ...(notStarted > 0 ? [['Not started', formatNumber(notStarted)] as const] : []),
    ...(objective
      ? ([
          [`Best ${objective.metric}`, formatNumber(objective.best)],
          [`Median ${objective.metric}`, formatNumber(objective.median)],
          [`Worst ${objective.metric}`, formatNumber(objective.worst)],
        ] as const)
      : []),
    ...(instanceSeconds === undefined
      ? []
      : [['Billed instance time', formatSeconds(instanceSeconds)] as const]),
    ...(cost ? costs(cost, unknownItems) : []),
    ...(unreadReports ? [['Reports that could not be read', formatNumber(unreadReports)] as const] : []),
    ...(quotas && quotas.maxConcurrency < quotas.requested
      ? [
          [
            'Items at a time, by quotas',
            `${formatNumber(quotas.maxConcurrency)} of ${formatNumber(quotas.requested)}`,
          ] as const,
        ]
      : []),
  ];
  return html`<section aria-label="Overview"><h2>${count(items, 'item')}</h2>
<dl>${facts.map(([name, value]) => html`<div><dt><bdi>${name}</bdi></dt><dd>${value}</dd></div>`)}</dl></section>`;
}

function costs({ bound, used }: Cost, unknownItems = 0): (readonly [string, string])[] {
  const unknown = unknownItems > 0 ? `, without ${count(unknownItems, 'item')} of unknown time` : '';
  const share = (of: number, value: number | undefined) =>
    value !== undefined && of > 0 ? ` (${formatShare(value / of)} used${unknown})` : '';
  const time = `${formatSeconds(bound.instanceSeconds)}${share(bound.instanceSeconds, used?.instanceSeconds)}`;
  return [
    ['Maximum instance time', time],
    ...(used?.cost === undefined ? [] : [['Cost', formatNumber(used.cost)] as const]),
    ...(bound.cost === undefined
      ? []
      : [['Maximum cost', `${formatNumber(bound.cost)}${share(bound.cost, used?.cost)}`] as const]),
  ];
}

function distribution({ objective }: FleetSummary, items: readonly ItemResult[]): Content {
  const values = items.flatMap((item) => item.objective?.value ?? []);
  if (objective === undefined || values.length < 2) return undefined;
  const title = `Distribution of ${objective.metric}`;
  return html`<section aria-labelledby="distribution"><h2 id="distribution"><bdi>${title}</bdi></h2>
<p class="note">The best objective value of each item; ${objective.type === 'Minimize' ? 'lower' : 'higher'} is better.</p>
<figure><div class="plot" tabindex="0" role="group" aria-label="${title}">${histogram(title, values)}</div></figure></section>`;
}

function reasons({ reasons: all }: FleetSummary): Content {
  if (all.length === 0) return undefined;
  return html`<section aria-labelledby="reasons"><h2 id="reasons">Why items failed</h2><ul class="failures">${all.map(
    ({ error, reason, example, count: times }) =>
      html`<li><b>${count(times, 'item')}</b>: ${error}, for example <bdi>${example}</bdi><pre>${reason}</pre>`,
  )}</ul></section>`;
}

interface Column {
  readonly title: string;
  readonly isText: boolean;
  /** Whether the column is left out if all its cells are empty. */
  readonly isOptional?: true;
  readonly show: (item: ItemResult) => Content;
  /** The value to sort by. @default - the text that is shown */
  readonly sortBy?: (item: ItemResult) => number | undefined;
}

const COLUMNS: readonly Column[] = [
  { title: 'Item', isText: true, show: ({ id }) => html`<bdi>${id}</bdi>` },
  { title: 'Status', isText: true, show: ({ status }) => status },
  {
    title: 'Objective',
    isText: false,
    show: ({ objective }) => objective && formatNumber(objective.value),
    sortBy: ({ objective }) => objective?.value,
  },
  {
    title: 'Quality gate',
    isText: true,
    isOptional: true,
    show: gateOf,
    sortBy: ({ gatePassed }) => (gatePassed === undefined ? undefined : Number(gatePassed)),
  },
  {
    title: 'Model version',
    isText: false,
    isOptional: true,
    show: ({ modelPackage }) => modelPackage && versionOf(modelPackage),
    sortBy: ({ modelPackage }) => (modelPackage === undefined ? undefined : Number(versionOf(modelPackage))),
  },
  { title: 'Best training job', isText: true, show: ({ bestTrainingJob }) => bestTrainingJob },
  {
    title: 'Warm start',
    isText: true,
    isOptional: true,
    show: ({ warmStarted }) => warmStarted !== undefined && (warmStarted ? 'yes' : 'no'),
    sortBy: ({ warmStarted }) => (warmStarted === undefined ? undefined : Number(warmStarted)),
  },
  { title: 'Error', isText: true, show: ({ error }) => error },
  { title: 'Reason', isText: true, show: ({ reason }) => reason },
  {
    title: 'Instance time',
    isText: false,
    show: ({ instanceSeconds }) => instanceSeconds !== undefined && formatSeconds(instanceSeconds),
    sortBy: ({ instanceSeconds }) => instanceSeconds,
  },
  {
    title: 'Maximum',
    isText: false,
    isOptional: true,
    show: ({ cost }) => cost && formatSeconds(cost.bound.instanceSeconds),
    sortBy: ({ cost }) => cost?.bound.instanceSeconds,
  },
  {
    title: 'Cost',
    isText: false,
    isOptional: true,
    show: ({ cost }) => cost?.used?.cost !== undefined && formatNumber(cost.used.cost),
    sortBy: ({ cost }) => cost?.used?.cost,
  },
  {
    title: 'Report',
    isText: true,
    show: ({ report, reportError }) =>
      report !== undefined &&
      html`<a href="${linkTo(report)}"${reportError !== undefined && html` title="${reportError}"`}>report</a>`,
  },
];

/** The number at the end of the ARN of a model package. */
function versionOf(modelPackage: string): string {
  return modelPackage.slice(modelPackage.lastIndexOf('/') + 1);
}

/**
 * A link to an item's report. The link is relative, so that it also works in a copy of the bucket. Below the output
 * prefix, this page is in `fleets/<state machine>/<execution>/`, and the report is in `reports/<item>/<tuning job>/`.
 */
function linkTo(report: string): string {
  return `../../../${report.slice(report.lastIndexOf('/reports/') + 1)}`;
}

/** Maximum number of items in the table: more would not fit in the memory of the function, or of many browsers. */
const MAX_ROWS = 10_000;

/** The table of the items. Optional end tags are left out, because there can be many rows. */
function table(items: readonly ItemResult[]): Markup {
  const isCut = items.length > MAX_ROWS;
  const columns = COLUMNS.filter(
    ({ isOptional, sortBy }) => !isOptional || items.some((item) => sortBy?.(item) !== undefined),
  );
  const title = isCut ? `The worst ${formatNumber(MAX_ROWS)} items` : 'All items, the worst first';
  return html`<section aria-labelledby="items"><h2 id="items">${title}</h2>
${isCut && html`<p class="note">The files fleet.csv and fleet.json have all ${formatNumber(items.length)} items.</p>`}
<div id="item-tools" class="actions"></div>
<div class="scroll tall" tabindex="0" role="region" aria-label="Table"><table id="item-table">
<thead><tr>${columns.map(({ title, isText }) => html`<th scope="col"${isText && html` class="t"`}>${title}`)}</thead>
<tbody>${items.slice(0, MAX_ROWS).map((item) => row(item, columns))}</tbody></table></div></section>`;
}

function row(item: ItemResult, columns: readonly Column[]): Markup {
  const kind = ['SUCCEEDED', 'SKIPPED'].includes(item.status) ? undefined : html` class="failed"`;
  return html`<tr${kind}>${columns.map(({ isText, show, sortBy }) => {
    const value = sortBy?.(item);
    return html`<td${isText && html` class="t"`}${value !== undefined && html` data-value="${value}"`}>${show(item)}`;
  })}`;
}
