import { labelName } from '../../fields/label-name.js';
import { orNull } from '../../fields/schema.js';
import { stageMap, stageText } from '../../fields/stage-fields.js';
import { eachEntry, type StageKind } from '../stage.js';

/** Sets labels to fixed values; a null or empty value does nothing. They are not extracted. */
export const staticLabels: StageKind<Map<string, string | undefined>> = {
  name: 'static_labels',
  schema: stageMap(orNull(stageText), labelName),
  build(values) {
    const pairs = [...values].flatMap(([name, value]) => (value ? [[name, value] as const] : []));
    return eachEntry(
      (entry) => {
        for (const [name, value] of pairs) entry.labels = entry.labels.with(name, value);
        return true;
      },
      (plan) => {
        plan.changeLabels(
          pairs.map(([name]) => name),
          [],
        );
        return true;
      },
    );
  },
};
