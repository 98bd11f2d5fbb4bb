import { Document, isScalar, Scalar, visit } from 'yaml';
import { printValue } from '../fields/schema.js';
import { asBool, asNumber } from '../fields/yaml-scalar.js';
import { type Config, configSchema } from './schema.js';

/** The effective config as YAML, as Promtail would write it: all blocks in order, defaults included, secrets masked. */
export function printConfig(config: Config): string {
  return printYaml(printValue(configSchema, config));
}

/** A printed value as YAML in the way of Go's yaml.v2. */
export function printYaml(printed: unknown): string {
  const document = new Document(printed, { version: '1.1', keepUndefined: false });
  visit(document, {
    Scalar: (_, node) => {
      if (isScalar<unknown>(node) && typeof node.value === 'string' && looksLikeOther(node.value))
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({
    indentSeq: false,
    lineWidth: 0,
    singleQuote: true,
    flowCollectionPadding: false,
    nullStr: 'null',
  });
}

/** A text that would be read as nothing, a boolean or a number if it were not quoted. */
function looksLikeOther(text: string): boolean {
  return /^(|~|null|Null|NULL)$/.test(text) || asBool(text) !== undefined || asNumber(text) !== undefined;
}
