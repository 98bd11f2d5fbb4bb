import type { Stage, StageConfig, StageDeps } from './stage.js';
import { StageChain } from './stage-chain.js';

/** Looks at what a stage does without changing it: `-inspect`. */
export type Observe = (name: string, stage: Stage) => Stage;

/** The stages of a pipeline, in order, as one. Those that hold stages build them the same way. */
export function buildStages(
  configs: readonly StageConfig[],
  deps: Omit<StageDeps, 'buildStages'>,
  observe: Observe = (_name, stage) => stage,
): StageChain {
  const all = { ...deps, buildStages: (inner: readonly StageConfig[]) => buildStages(inner, deps, observe) };
  return new StageChain(configs.map(({ kind, options }) => observe(kind.name, kind.build(options, all))));
}
