import { nearest } from '../fields/nearest.js';
import { type ConfigNode, emptyNode } from '../fields/node.js';
import type { Problems } from '../fields/problems.js';
import { describe, lazily, type Schema } from '../fields/schema.js';
import { plainValue } from '../fields/yaml-scalar.js';
import type { StageConfig, StageKind } from './stage.js';

/** `pipeline_stages`: a list of maps, each with the name of one stage and its body. An empty map is a stage that does nothing. */
export function stagesSchema(kinds: readonly StageKind<unknown>[]): Schema<StageConfig[]> {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const stages: Schema<StageConfig[]> = lazily(() => ({
    decode(node, problems) {
      if (node.shape !== 'list' && node.shape !== 'null')
        problems.add(node, `expected a list of stages, not ${describe(node)}`);
      return node.items().flatMap((item) => decodeStage(item, problems, byName, schemas));
    },
    print: (configs) => configs.map(({ kind, body }) => ({ [kind.name]: plainValue(body) })),
  }));
  const schemas = new Map([...byName.values()].map((kind) => [kind, schemaOf(kind, stages)]));
  return stages;
}

function schemaOf(kind: StageKind<unknown>, stages: Schema<StageConfig[]>): Schema<unknown> {
  return typeof kind.schema === 'function' ? kind.schema(stages) : kind.schema;
}

function decodeStage(
  item: ConfigNode,
  problems: Problems,
  byName: ReadonlyMap<string, StageKind<unknown>>,
  schemas: ReadonlyMap<StageKind<unknown>, Schema<unknown>>,
): StageConfig[] {
  if (item.shape !== 'map') {
    problems.add(item, `expected a map with the name of a stage, not ${describe(item)}`);
    return [];
  }
  const pairs = item.pairs(problems);
  const [first, second] = pairs;
  if (first === undefined) return [];
  if (second !== undefined) {
    problems.addAt(
      second.keyOffset,
      item.path,
      `a stage has one key only, this one has ${pairs.map(({ key }) => key).join(', ')}`,
    );
    return [];
  }
  const kind = byName.get(first.key);
  if (kind === undefined) {
    const near = nearest(first.key, [...byName.keys()]);
    const hint = near === undefined ? '' : `, did you mean '${near}'?`;
    problems.addAt(first.keyOffset, item.path, `unknown stage '${first.key}'${hint}`);
    return [];
  }
  const body = first.value.isNull ? emptyNode(first.value.path, first.value.offset) : first.value;
  return [{ kind, body, options: schemas.get(kind)!.decode(body, problems) }];
}
