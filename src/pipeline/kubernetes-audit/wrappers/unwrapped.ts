/** An event found in what a cloud wraps around it. */
export interface Unwrapped {
  readonly text: string;
  /** What the wrapper tells and the event does not: labels for it, where the line has none of that name. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The events in a parsed line, in their order, when this is the wrapper it knows; undefined when it is not. An empty list: the
 * wrapper, with nothing in it.
 */
export type Unwrap = (
  document: Readonly<Record<string, unknown>>,
  line: Buffer,
) => readonly Unwrapped[] | undefined;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of keys; undefined when there is none. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const key of path) at = isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at;
}

/** The string at a path of keys, '' when there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** Labels without the empty ones. */
export function labelsOf(pairs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(pairs).filter(([, value]) => value !== ''));
}
