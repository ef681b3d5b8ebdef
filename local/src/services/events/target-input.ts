import type { EventTargetInput } from '../../assembly/deployment';
import type { Json } from '../../states';
import { evaluatePath } from '../../states/jsonpath/evaluate-path';
import { parsePath } from '../../states/jsonpath/parse-path';

/** The JSON that a rule sends to its target: the event, a part of it, or a constant or transformed input. */
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

/** Replaces `<name>` placeholders with values. Inserts plain text inside a JSON string, and JSON elsewhere. */
function fillIn(template: string, values: ReadonlyMap<string, Json>): string {
  // Matches a JSON string, or a placeholder outside strings.
  return template.replace(/"(?:\\.|[^"\\])*"|<[^<>]+>/gs, (part) =>
    part.startsWith('"')
      ? part.replace(/<([^<>]+)>/g, (place, name) => textOf(values.get(name)) ?? place)
      : (jsonOf(values.get(part.slice(1, -1))) ?? part),
  );
}

function jsonOf(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

/** A value for use inside a JSON string. */
function textOf(value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}
