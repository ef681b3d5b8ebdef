import { show } from '../shared/event-fields';
import type { ListFleetItemsEvent } from './event';
import type { ListedItem } from './read-items';

/**
 * Collects the unknown fields of the items. An unknown column of a CSV file is one problem, not one problem for each
 * row.
 */
export class UnknownFields {
  private readonly places = new Map<string, { readonly first: string; count: number }>();
  private readonly known: ReadonlySet<string>;

  constructor(private readonly event: Pick<ListFleetItemsEvent, 'input' | 'source' | 'itemFields'>) {
    this.known = new Set(['id', ...event.itemFields]);
  }

  /** Records the unknown fields of an item. */
  check({ place, value }: ListedItem): void {
    for (const field of Object.keys(value as object)) {
      if (this.known.has(field)) continue;
      const seen = this.places.get(field);
      if (seen) seen.count += 1;
      else this.places.set(field, { first: place, count: 1 });
    }
  }

  /** A problem for each unknown field. */
  problems(): string[] {
    const { input, source } = this.event;
    const isCsv = input.items === undefined && input.retry === undefined && source.format === 'CSV';
    const what = isCsv ? 'column' : 'field';
    const fields = [...this.known].map((name) =>
      isCsv && name === 'hyperparameters' ? 'hyperparameters.<name>' : name,
    );
    return [...this.places].map(([field, { first, count }]) => {
      const more = count > 1 ? ` and ${count - 1} more` : '';
      return `${first}${more}: ${show(field)} is not a ${what} of an item; the ${what}s are ${fields.join(', ')}`;
    });
  }
}
