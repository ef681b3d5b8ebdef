import { isObject } from '../json';

/** A state of an unparsed definition. */
export interface DefinedState {
  readonly name: string;
  /** The state's location, such as `/States/Each/ItemProcessor/States/Train`. */
  readonly path: string;
  readonly state: Readonly<Record<string, unknown>>;
}

/** All states of a definition, including those in branches and Map states. */
export function statesIn(machine: Readonly<Record<string, unknown>>, path = ''): DefinedState[] {
  const states = isObject(machine['States']) ? machine['States'] : {};
  return Object.entries(states).flatMap(([name, state]) => {
    if (!isObject(state)) return [];
    const own = { name, path: `${path}/States/${name}`, state };
    const branches = Array.isArray(state['Branches']) ? state['Branches'] : [];
    const inner: [string, unknown][] = [
      ...branches.map((branch, i): [string, unknown] => [`Branches[${i}]`, branch]),
      ['ItemProcessor', state['ItemProcessor']],
      ['Iterator', state['Iterator']],
    ];
    return [
      own,
      ...inner.flatMap(([field, graph]) => (isObject(graph) ? statesIn(graph, `${own.path}/${field}`) : [])),
    ];
  });
}
