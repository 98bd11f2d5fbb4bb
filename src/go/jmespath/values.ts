import { isObject, type JsonObject, type JsonValue, nilObject } from '../json/value.js';

/** Finds something in a value. */
export type Search = (value: JsonValue) => JsonValue;

/** An expression that cannot be applied to this document: a wrong type, an unknown function. */
export class JmesPathEvaluationError extends Error {
  override name = 'JmesPathEvaluationError';
}

/** What `&expression` is, an argument for functions. Where it ends up in a result, Go prints it as `{}`, and so it is here. */
export class ExpressionReference {
  [key: string]: JsonValue;
  readonly #search: Search;

  constructor(search: Search) {
    this.#search = search;
  }

  static searchOf(reference: ExpressionReference): Search {
    return reference.#search;
  }
}

/** A JSON object, not an expression reference. */
export function isMap(value: JsonValue): value is JsonObject {
  return isObject(value) && !(value instanceof ExpressionReference);
}

/** What counts as false: null, false and whatever is empty. */
export function isFalse(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isMap(value)) return Object.keys(value).length === 0;
  return value === null || value === false || value === '';
}

/** Go's reflect.DeepEqual. Not recursive, as documents may nest deeply. */
export function isEqual(left: JsonValue, right: JsonValue): boolean {
  const pairs: [JsonValue, JsonValue][] = [[left, right]];
  for (const [a, b] of pairs) {
    if (a === b) continue;
    if (Array.isArray(a) && Array.isArray(b)) {
      if (a.length !== b.length) return false;
      a.forEach((item, index) => {
        pairs.push([item, b[index]!]);
      });
    } else if (isMap(a) && isMap(b)) {
      const keys = Object.keys(a);
      if (a === nilObject || b === nilObject || keys.length !== Object.keys(b).length) return false;
      for (const key of keys) {
        if (!Object.hasOwn(b, key)) return false;
        pairs.push([a[key]!, b[key]!]);
      }
    } else {
      return false;
    }
  }
  return true;
}
