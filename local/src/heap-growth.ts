import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 collect garbage when the heap has grown by half since the last collection. By default, V8 lets the heap
 * grow to four times the live data, so that the memory of a fleet would grow with its number of items.
 */
export function limitHeapGrowth(): void {
  setFlagsFromString('--heap-growing-percent=50');
}
