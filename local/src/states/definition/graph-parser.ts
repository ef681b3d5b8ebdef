import type { QueryLanguage, StateGraph } from '../types';
import type { Fields } from './fields';

/** Parses the graphs that states contain, with the settings of the whole state machine. */
export interface GraphParser {
  readonly machineLanguage: QueryLanguage;
  parseGraph(fields: Fields): StateGraph;
}
