import { eachEntry, type Stage } from './stage.js';
import { StageChain } from './stage-chain.js';

/** Stages within a stage. As at the start of every pipeline, labels overwrite what was extracted under their names. */
export function nestedStages(...stages: readonly Stage[]): Stage {
  return new StageChain([takeLabels, ...stages]);
}

const takeLabels = eachEntry((entry, extracted) => {
  extracted.takeLabels(entry.labels);
  return true;
});
