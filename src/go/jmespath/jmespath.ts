import type { ExtractedValue } from '../../entry/extracted.js';
import { encodeJson, UnencodableError } from '../json/encode.js';
import type { JsonObject, JsonValue } from '../json/value.js';
import { searchOf } from './evaluate.js';
import { type JmesPathNode, parseJmesPath } from './syntax.js';
import { JmesPathEvaluationError, type Search } from './values.js';

/** An expression of the json stage, compiled once and applied to each line. */
export interface JmesPath {
  /** The keys of an expression that is nothing but names and dots: what JsonFieldScanner can look up without a document. */
  readonly plainPath: readonly string[] | undefined;
  /** What the stage extracts; arrays and objects are JSON text again. Undefined when the expression fails on this document. */
  search(document: JsonObject): ExtractedValue | undefined;
}

/** Throws JmesPathSyntaxError for what go-jmespath 0.4 refuses. */
export function compileJmesPath(expression: string): JmesPath {
  const tree = parseJmesPath(expression);
  const search = searchOf(tree);
  return { plainPath: plainPathOf(tree), search: (document) => extract(search, document) };
}

function plainPathOf(node: JmesPathNode): string[] | undefined {
  if (node.type === 'Field') return [node.name];
  if (node.type !== 'Subexpression') return undefined;
  const left = plainPathOf(node.left);
  const right = plainPathOf(node.right);
  return left === undefined || right === undefined ? undefined : [...left, ...right];
}

function extract(search: Search, document: JsonObject): ExtractedValue | undefined {
  try {
    const found: JsonValue = search(document);
    return typeof found === 'object' && found !== null ? encodeJson(found) : found;
  } catch (error) {
    if (error instanceof JmesPathEvaluationError || error instanceof UnencodableError) return undefined;
    throw error;
  }
}
