import { isArray, isObject, type Json } from '../json';
import { type Bindings, evaluateExpression, expressionSource } from './expression';

/** Evaluates all expressions in a value, at any depth, and keeps everything else. */
export async function evaluateTemplate(template: Json, location: string, bindings: Bindings): Promise<Json> {
  if (typeof template === 'string') {
    const source = expressionSource(template);
    return source === undefined ? template : evaluateExpression(source, location, bindings);
  }
  if (isArray(template)) {
    const items: Json[] = [];
    for (const [i, item] of template.entries()) {
      items.push(await evaluateTemplate(item, `${location}[${i}]`, bindings));
    }
    return items;
  }
  if (isObject(template)) {
    const members: [string, Json][] = [];
    for (const [key, value] of Object.entries(template)) {
      members.push([key, await evaluateTemplate(value, `${location}/${key}`, bindings)]);
    }
    return Object.fromEntries(members);
  }
  return template;
}

/** Calls a function for each expression in a value. */
export function eachExpression(
  template: Json,
  location: string,
  visit: (source: string, location: string) => void,
): void {
  if (typeof template === 'string') {
    const source = expressionSource(template);
    if (source !== undefined) visit(source, location);
  } else if (isArray(template)) {
    for (const [i, item] of template.entries()) eachExpression(item, `${location}[${i}]`, visit);
  } else if (isObject(template)) {
    for (const [key, value] of Object.entries(template)) eachExpression(value, `${location}/${key}`, visit);
  }
}
