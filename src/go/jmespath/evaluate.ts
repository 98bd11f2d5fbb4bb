import { compareBytes } from '../compare-bytes.js';
import { fieldOf, type JsonObject, type JsonValue, newObject } from '../json/value.js';
import { jmesPathFunctions } from './functions.js';
import type { JmesPathNode } from './syntax.js';
import {
  ExpressionReference,
  isEqual,
  isFalse,
  isMap,
  JmesPathEvaluationError,
  type Search,
} from './values.js';

type NodeOf<Type extends JmesPathNode['type']> = Extract<JmesPathNode, { type: Type }>;

/** Makes a search of a tree that parseJmesPath has passed; it behaves as go-jmespath 0.4, bugs included. */
export function searchOf(node: JmesPathNode): Search {
  switch (node.type) {
    case 'Identity':
    case 'Current':
      return (value) => value;
    case 'Literal': {
      const literal = node.value as JsonValue;
      return () => literal;
    }
    case 'Field': {
      const { name } = node;
      return (value) => (isMap(value) ? fieldOf(value, name) : null);
    }
    case 'Index': {
      const index = node.value;
      return (value) => (Array.isArray(value) ? (value.at(index) ?? null) : null);
    }
    case 'Slice':
      return sliceSearch(node);
    case 'Subexpression':
    case 'IndexExpression':
    case 'Pipe':
      return chain(searchOf(node.left), searchOf(node.right));
    case 'Projection':
      return projection(searchOf(node.left), searchOf(node.right));
    case 'ValueProjection':
      return valueProjection(searchOf(node.left), searchOf(node.right));
    case 'FilterProjection':
      return filterProjection(searchOf(node.left), searchOf(node.right), searchOf(node.condition));
    case 'Flatten':
      return flatten(searchOf(node.child));
    case 'OrExpression': {
      const [left, right] = [searchOf(node.left), searchOf(node.right)];
      return (value) => {
        const found = left(value);
        return isFalse(found) ? right(value) : found;
      };
    }
    case 'AndExpression': {
      const [left, right] = [searchOf(node.left), searchOf(node.right)];
      return (value) => {
        const found = left(value);
        return isFalse(found) ? found : right(value);
      };
    }
    case 'NotExpression': {
      const child = searchOf(node.child);
      return (value) => isFalse(child(value));
    }
    case 'Comparator':
      return comparison(node);
    case 'MultiSelectList': {
      const searches = node.children.map(searchOf);
      return (value) => (value === null ? null : searches.map((search) => search(value)));
    }
    case 'MultiSelectHash':
      return multiSelectHash(node);
    case 'Function':
      return functionCall(node);
    case 'ExpressionReference': {
      const reference = new ExpressionReference(searchOf(node.child));
      return () => reference;
    }
    default:
      throw new JmesPathEvaluationError(`no search for ${node.type}`);
  }
}

function chain(first: Search, second: Search): Search {
  return (value) => second(first(value));
}

/** Applies `right` to each item of what `left` finds; nulls are left out. */
function projection(left: Search, right: Search): Search {
  return (value) => {
    const found = left(value);
    return Array.isArray(found) ? project(found, right) : null;
  };
}

function project(items: readonly JsonValue[], search: Search): JsonValue[] {
  const results: JsonValue[] = [];
  for (const item of items) {
    const result = search(item);
    if (result !== null) results.push(result);
  }
  return results;
}

/**
 * go-jmespath first applies the right side to as many nulls as the object has members. That shows where a function
 * makes something of null, or fails on it. The members come in the order of their keys.
 */
function valueProjection(left: Search, right: Search): Search {
  const find = orNull(left);
  return (value) => {
    const found = find(value);
    if (!isMap(found)) return null;
    const keys = Object.keys(found).sort(compareBytes);
    return project([...keys.map(() => null), ...keys.map((key) => found[key]!)], right);
  };
}

function filterProjection(left: Search, right: Search, condition: Search): Search {
  const find = orNull(left);
  return (value) => {
    const found = find(value);
    if (!Array.isArray(found)) return null;
    return project(found, (item) => (isFalse(condition(item)) ? null : right(item)));
  };
}

function flatten(child: Search): Search {
  const find = orNull(child);
  return (value) => {
    const found = find(value);
    return Array.isArray(found) ? found.flat() : null;
  };
}

/** In some places go-jmespath takes an error on the left side for null. */
function orNull(search: Search): Search {
  return (value) => {
    try {
      return search(value);
    } catch (error) {
      if (error instanceof JmesPathEvaluationError) return null;
      throw error;
    }
  };
}

function comparison({ name, left, right }: NodeOf<'Comparator'>): Search {
  const [searchLeft, searchRight, compare] = [searchOf(left), searchOf(right), comparators[name]];
  return (value) => compare(searchLeft(value), searchRight(value));
}

const comparators: Record<NodeOf<'Comparator'>['name'], (left: JsonValue, right: JsonValue) => JsonValue> = {
  EQ: isEqual,
  NE: (left, right) => !isEqual(left, right),
  LT: ofNumbers((left, right) => left < right),
  LTE: ofNumbers((left, right) => left <= right),
  GT: ofNumbers((left, right) => left > right),
  GTE: ofNumbers((left, right) => left >= right),
};

function ofNumbers(compare: (left: number, right: number) => boolean) {
  return (left: JsonValue, right: JsonValue) =>
    typeof left === 'number' && typeof right === 'number' ? compare(left, right) : null;
}

function multiSelectHash({ children }: NodeOf<'MultiSelectHash'>): Search {
  const members = children.map((pair) => [pair.name, searchOf(pair.value)] as const);
  return (value) => {
    if (value === null) return null;
    const selected: JsonObject = newObject();
    for (const [name, search] of members) {
      selected[name] = search(value);
    }
    return selected;
  };
}

/** An unknown function fails only when it is called, and its arguments are looked at first. */
function functionCall({ name, children }: NodeOf<'Function'>): Search {
  const parameters = children.map(searchOf);
  return (value) => {
    const given = parameters.map((search) => search(value));
    const called = jmesPathFunctions.get(name);
    if (called === undefined) throw new JmesPathEvaluationError(`unknown function: ${name}`);
    return called(given);
  };
}

function sliceSearch({ start, stop, step: givenStep }: NodeOf<'Slice'>): Search {
  const step = givenStep ?? 1;
  return (value) => {
    if (!Array.isArray(value)) return null;
    if (step === 0) throw new JmesPathEvaluationError('a slice by steps of 0');
    const { length } = value;
    const from = start === null ? (step < 0 ? length - 1 : 0) : within(start, length, step);
    const to = stop === null ? (step < 0 ? -1 : length) : within(stop, length, step);
    const items: JsonValue[] = [];
    for (let at = from; step > 0 ? at < to : at > to; at += step) {
      items.push(value[at]!);
    }
    return items;
  };
}

function within(index: number, length: number, step: number): number {
  const at = index < 0 ? index + length : index;
  if (at < 0) return step < 0 ? -1 : 0;
  if (at >= length) return step < 0 ? length - 1 : length;
  return at;
}
