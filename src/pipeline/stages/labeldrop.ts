import { nonEmpty, stageList, stageText } from '../../fields/stage-fields.js';
import { eachEntry, type StageKind } from '../stage.js';

/** Removes labels. What was extracted stays. */
export const labeldrop: StageKind<string[]> = {
  name: 'labeldrop',
  schema: nonEmpty(stageList(stageText, '')),
  build(names) {
    return eachEntry(
      (entry) => {
        for (const name of names) entry.labels = entry.labels.without(name);
        return true;
      },
      (plan) => {
        plan.changeLabels([], []);
        return true;
      },
    );
  },
};
