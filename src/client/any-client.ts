import type { ConfigNode } from '../fields/node.js';
import { Problems } from '../fields/problems.js';
import { printValue, type Schema } from '../fields/schema.js';
import type { ClientDeps, ClientKind, EntryClient } from './client-kind.js';
import { type ClientOptions, clientKinds } from './kinds.js';

const kinds = clientKinds as readonly ClientKind<ClientOptions>[];

/** A client of whatever kind its `type` names. */
export const anyClient: Schema<ClientOptions> = {
  decode(node, problems) {
    const type = typeNode(node);
    const kind = type === undefined || type.isNull ? kinds[0] : kinds.find((each) => each.type === type.text);
    // The keys of no kind can be told right from wrong.
    if (kind === undefined) {
      const known = kinds.map((each) => each.type).join(', ');
      problems.add(type!, `expected one of ${known}, not ${JSON.stringify(type!.text)}`);
      return undefined as unknown as ClientOptions;
    }
    return kind.schema.decode(node, problems);
  },
  print: (options) => printValue(kindOf(options).schema, options),
};

export function buildClient(options: ClientOptions, deps: ClientDeps): Promise<EntryClient> {
  return kindOf(options).build(options, deps);
}

function kindOf({ type }: ClientOptions): ClientKind<ClientOptions> {
  return kinds.find((kind) => kind.type === type)!;
}

function typeNode(node: ConfigNode): ConfigNode | undefined {
  // What is wrong with the keys is told when they are decoded.
  return node.pairs(new Problems('')).find(({ key }) => key === 'type')?.value;
}
