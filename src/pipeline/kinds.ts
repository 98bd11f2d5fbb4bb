import type { StageKind } from './stage.js';

/** Every kind of stage, by its name in `pipeline_stages`. */
export const stageKinds: readonly StageKind<unknown>[] = [];
