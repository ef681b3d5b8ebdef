import type { QueryLanguage, StateGraph } from '../types';
import type { Fields } from './fields';

/** Parses graphs inside of states, with what holds for the whole machine. */
export interface GraphParser {
  readonly machineLanguage: QueryLanguage;
  parseGraph(fields: Fields): StateGraph;
}
