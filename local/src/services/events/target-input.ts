import type { EventTargetInput } from '../../assembly/deployment';
import type { Json } from '../../states';
import { evaluatePath } from '../../states/jsonpath/evaluate-path';
import { parsePath } from '../../states/jsonpath/parse-path';

/** What a rule hands to its target, as JSON text: the event, what it takes of it, or something else. */
export function targetInput(target: EventTargetInput, event: Json): string {
  const { input, inputPath, inputTransformer: transformer } = target;
  if (transformer) {
    const values = Object.entries(transformer.paths).map(
      ([name, path]) => [name, valueAt(path, event)] as const,
    );
    return fillIn(transformer.template, new Map(values));
  }
  return input ?? JSON.stringify(inputPath === undefined ? event : valueAt(inputPath, event));
}

function valueAt(path: string, event: Json): Json {
  return evaluatePath(parsePath(path), event) ?? null;
}

/** Puts values in the places `<name>`: as JSON, or as plain text within a string. */
function fillIn(template: string, values: ReadonlyMap<string, Json>): string {
  // A string of JSON, or a place outside of strings.
  return template.replace(/"(?:\\.|[^"\\])*"|<[^<>]+>/gs, (part) =>
    part.startsWith('"')
      ? part.replace(/<([^<>]+)>/g, (place, name) => textOf(values.get(name)) ?? place)
      : (jsonOf(values.get(part.slice(1, -1))) ?? part),
  );
}

function jsonOf(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

/** A value within a string of JSON. */
function textOf(value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}
