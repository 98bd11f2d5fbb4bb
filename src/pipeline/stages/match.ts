import type { Entry } from '../../entry/entry.js';
import type { ConfigNode } from '../../fields/node.js';
import type { Problems } from '../../fields/problems.js';
import { oneOf } from '../../fields/scalars.js';
import {
  checked,
  converted,
  optional,
  required,
  type Schema,
  stageStruct,
  type Value,
  withDefault,
} from '../../fields/schema.js';
import { nonEmpty, stageText } from '../../fields/stage-fields.js';
import { dropEntries } from '../drop-entries.js';
import { nestedStages } from '../nested-stages.js';
import { selectorPredicate } from '../selector/match.js';
import { parseSelector } from '../selector/parse.js';
import type { Stage, StageConfig, StageKind } from '../stage.js';

type EntryTest = (entry: Entry) => boolean;

const selector: Schema<EntryTest> = converted(nonEmpty(stageText), (text) => {
  const matches = selectorPredicate(parseSelector(text));
  return (entry) => matches(entry.labels, () => entry.line.text);
});

/** An empty map is no stage, but counts as one here. */
const innerStages = (stages: Schema<StageConfig[]>) => ({
  decode: (node: ConfigNode, problems: Problems) => ({
    configs: stages.decode(node, problems),
    isEmpty: node.items().length === 0,
  }),
});

const schema = (stages: Schema<StageConfig[]>) =>
  checked(
    stageStruct({
      selector: required(selector),
      stages: withDefault(innerStages(stages), { configs: [], isEmpty: true }),
      // Empty stands for the default.
      action: withDefault(oneOf('keep', 'drop', ''), 'keep'),
      // It has no effect in Promtail either.
      pipeline_name: optional(nonEmpty(stageText)),
      drop_counter_reason: withDefault(stageText, ''),
    }),
    ({ action, stages }) => {
      if (action === 'drop') return stages.isEmpty ? undefined : "'action: drop' goes without 'stages'";
      return stages.isEmpty ? "'stages' needs at least one stage" : undefined;
    },
  );

type Options = Value<ReturnType<typeof schema>>;

/** Runs stages over the entries that a selector matches, or drops those entries. */
export const match: StageKind<Options> = {
  name: 'match',
  schema,
  build({ selector: isMatch, action, stages, drop_counter_reason: reason }, deps) {
    if (action === 'drop') return dropEntries(isMatch, deps.metrics.droppedLines(reason || 'match_stage'));
    return keep(isMatch, nestedStages(deps.buildStages(stages.configs)));
  },
};

/**
 * Entries go through in runs of those that match and those that do not, so that all keep their order (Promtail's may overtake
 * each other here).
 */
function keep(isMatch: EntryTest, inner: Stage): Stage {
  return {
    process: (entries) => processRuns(splitRuns(entries, isMatch), inner),
    flush: (nowMs) => inner.flush?.(nowMs) ?? [],
    dueAt: () => inner.dueAt?.(),
  };
}

interface Run {
  readonly isMatch: boolean;
  readonly entries: Entry[];
}

function splitRuns(entries: Entry[], isMatch: EntryTest): Run[] {
  const runs: Run[] = [];
  for (const entry of entries) {
    const matches = isMatch(entry);
    const run = runs.at(-1);
    if (run?.isMatch === matches) run.entries.push(entry);
    else runs.push({ isMatch: matches, entries: [entry] });
  }
  return runs;
}

function processRuns(
  runs: readonly Run[],
  inner: Stage,
  done: readonly Entry[][] = [],
): Entry[] | Promise<Entry[]> {
  const processed = [...done];
  for (const [index, { isMatch, entries }] of runs.entries()) {
    const after = isMatch ? inner.process(entries) : entries;
    if (after instanceof Promise)
      return after.then((some) => processRuns(runs.slice(index + 1), inner, [...processed, some]));
    processed.push(after);
  }
  return processed.length === 1 ? processed[0]! : processed.flat();
}
