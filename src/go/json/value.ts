/** A JSON document as Promtail holds it: every number a float64. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** Keys are own properties, `__proto__` included: read them with `fieldOf`, never with a plain index. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/**
 * What the document `null` is read as: Go's nil map. It has no keys, is an object to every function, but prints
 * as `null` and equals nothing but itself.
 */
export const nilObject: JsonObject = Object.freeze({});

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value under a key, null when it is missing: what indexing a Go map gives. */
export function fieldOf(object: JsonObject, key: string): JsonValue {
  return Object.hasOwn(object, key) ? object[key]! : null;
}

/** An object to which any key can be assigned, `__proto__` too. */
export function newObject(): JsonObject {
  return Object.create(null) as JsonObject;
}
