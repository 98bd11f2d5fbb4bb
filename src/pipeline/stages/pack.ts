import type { Entry } from '../../entry/entry.js';
import type { Extracted } from '../../entry/extracted.js';
import { Line } from '../../entry/line.js';
import { ReadClock } from '../../entry/read-clock.js';
import { stageStruct, type Value, withDefault } from '../../fields/schema.js';
import { weakBool, weakList, weakText } from '../../fields/stage-fields.js';
import { compareBytes } from '../../go/compare-bytes.js';
import { encodeJsonString } from '../../go/json/encode.js';
import { toText } from '../extracted-text.js';
import { eachEntry, type StageKind } from '../stage.js';

const schema = stageStruct({
  labels: withDefault(weakList(weakText, ''), []),
  ingest_timestamp: withDefault(weakBool, true),
});

/** Wraps the line and extracted values into a JSON object, which Loki's `unpack` takes apart again. Their labels are removed. */
export const pack: StageKind<Value<typeof schema>> = {
  name: 'pack',
  schema,
  build({ labels, ingest_timestamp }, { now }) {
    const names = [...new Set(labels)].sort(compareBytes);
    const clock = new ReadClock();
    return eachEntry((entry, extracted) => {
      packLine(entry, extracted, names);
      if (!ingest_timestamp) return true;
      clock.tick(now());
      entry.seconds = clock.seconds;
      entry.nanos = clock.nanos;
      return true;
    });
  },
};

function packLine(entry: Entry, extracted: Extracted, names: readonly string[]): void {
  const members: string[] = [];
  for (const name of names) {
    const value = toText(extracted.get(name));
    if (value === undefined) continue;
    members.push(`${encodeJsonString(name)}:${encodeJsonString(value)}`);
    entry.labels = entry.labels.without(name);
  }
  members.push(`"_entry":${encodeJsonString(entry.line.text)}`);
  entry.line = Line.ofText(`{${members.join(',')}}`);
}
