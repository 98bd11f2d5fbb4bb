import { isValidText } from '../../entry/text.js';
import { toText } from '../extracted-text.js';
import { type LabelSource, labelSources } from '../label-sources.js';
import { eachEntry, type StageKind } from '../stage.js';

/** Sets labels from extracted values. A value that is missing, nil or not valid UTF-8 leaves its label as it was. */
export const labels: StageKind<LabelSource[]> = {
  name: 'labels',
  schema: labelSources,
  build(pairs) {
    return eachEntry(
      (entry, extracted) => {
        for (const { name, source } of pairs) {
          const value = toText(extracted.get(source));
          if (value !== undefined && isValidText(value)) entry.labels = entry.labels.with(name, value);
        }
        return true;
      },
      (plan) => {
        plan.changeLabels(
          pairs.map(({ name }) => name),
          pairs.map(({ source }) => source),
        );
        return true;
      },
    );
  },
};
