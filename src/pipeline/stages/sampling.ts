import { checked, stageStruct, type Value, withDefault } from '../../fields/schema.js';
import { weakFloat, weakText } from '../../fields/stage-fields.js';
import { dropEntries } from '../drop-entries.js';
import type { StageKind } from '../stage.js';

const share = checked(weakFloat, (rate) =>
  rate >= 0 && rate <= 1 ? undefined : 'expected a number from 0 to 1',
);
const schema = stageStruct({
  rate: withDefault(share, 0),
  drop_counter_reason: withDefault(weakText, ''),
});

/** Keeps a random share of the entries. */
export const sampling: StageKind<Value<typeof schema>> = {
  name: 'sampling',
  schema,
  build({ rate, drop_counter_reason: reason }, { metrics }) {
    return dropEntries(() => Math.random() >= rate, metrics.droppedLines(reason || 'sampling_stage'));
  },
};
