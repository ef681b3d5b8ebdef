import type { QueryLanguage, StateGraph } from '../types';
import type { Fields } from './fields';

/** Parses graphs inside states, with settings of the whole state machine. */
export interface GraphParser {
  readonly machineLanguage: QueryLanguage;
  parseGraph(fields: Fields): StateGraph;
}
