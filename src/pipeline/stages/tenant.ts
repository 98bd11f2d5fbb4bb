import type { Entry } from '../../entry/entry.js';
import type { Extracted } from '../../entry/extracted.js';
import { tenantLabel } from '../../entry/labels.js';
import { checked, optional, stageStruct, type Value } from '../../fields/schema.js';
import { stageText } from '../../fields/stage-fields.js';
import { toText } from '../extracted-text.js';
import { eachEntry, type StageKind } from '../stage.js';

const schema = checked(
  stageStruct({ label: optional(stageText), source: optional(stageText), value: optional(stageText) }),
  (options) => {
    const given = Object.values(options).filter((text) => text);
    return given.length === 1 ? undefined : "set exactly one of 'label', 'source' and 'value'";
  },
);

/** Sets the tenant that the entry is pushed for; an empty or missing one changes nothing. */
export const tenant: StageKind<Value<typeof schema>> = {
  name: 'tenant',
  schema,
  build(options) {
    const tenantOf = finder(options);
    return eachEntry(
      (entry, extracted) => {
        const id = tenantOf(entry, extracted);
        if (id) entry.labels = entry.labels.with(tenantLabel, id);
        return true;
      },
      (plan) => {
        plan.changeLabels([tenantLabel], options.source ? [options.source] : []);
        return true;
      },
    );
  },
};

function finder({ label, source, value }: Value<typeof schema>) {
  if (source) return (_entry: Entry, extracted: Extracted) => toText(extracted.get(source));
  if (label) return (entry: Entry) => entry.labels.get(label);
  return () => value;
}
