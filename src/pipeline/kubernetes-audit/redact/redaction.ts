import type { JsonNode } from '../json-tree.js';

/** What made a value go; the `rule` of kubeaudit_redactions_total. */
export type RedactionRule =
  | 'aws_key'
  | 'bearer'
  | 'body'
  | 'certificate'
  | 'exec_command'
  | 'identity'
  | 'jwt'
  | 'key'
  | 'last_applied'
  | 'oauth'
  | 'private_key'
  | 'secret'
  | 'token'
  | 'url'
  | 'webhook_patch';

/** Stands where a text was. */
export const redacted = '[redacted]';

/** What is told of each value that goes. */
export type OnRedacted = (rule: RedactionRule) => void;

/** Calls `put` with what stands for each value in `node` once it is gone: of the same type, so that readers of the JSON are not upset. */
export function blank(node: JsonNode, put: (node: JsonNode, text: string) => void): void {
  switch (node.kind) {
    case 'object':
      for (const { value } of node.members) blank(value, put);
      break;
    case 'array':
      for (const item of node.items) blank(item, put);
      break;
    case 'string':
      // An empty text tells nothing but that it is empty.
      if (node.end - node.start > 2) put(node, `"${redacted}"`);
      break;
    case 'number':
      put(node, '0');
      break;
    case 'bool':
      put(node, 'false');
      break;
    case 'null':
      break;
  }
}
