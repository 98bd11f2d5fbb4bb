import { nonEmpty, stageList, stageText } from '../../fields/stage-fields.js';
import { eachEntry, type StageKind } from '../stage.js';

/** Removes all labels but these; `filename` and the tenant are labels too. */
export const labelallow: StageKind<string[]> = {
  name: 'labelallow',
  schema: nonEmpty(stageList(stageText, '')),
  build(allowed) {
    const keep = new Set(allowed);
    return eachEntry(
      (entry) => {
        entry.labels = entry.labels.only(keep);
        return true;
      },
      (plan) => {
        plan.changeLabels([], []);
        return true;
      },
    );
  },
};
