import {
  converted,
  type Value as OptionsOf,
  required,
  stageStruct,
  withDefault,
} from '../../fields/schema.js';
import { nonEmpty, stageText } from '../../fields/stage-fields.js';
import { parseTemplate } from '../../go/template/template.js';
import type { Value } from '../../go/template/values.js';
import { eachEntry, type StageKind } from '../stage.js';
import { addExtracted, fillTemplate } from '../template-data.js';

const schema = stageStruct({
  source: required(nonEmpty(stageText)),
  template: withDefault(
    converted(stageText, (text) => parseTemplate(text)),
    parseTemplate(''),
  ),
});

/** Sets an extracted value to what a template makes of all of them; to nothing, which removes it, if that is empty. */
export const template: StageKind<OptionsOf<typeof schema>> = {
  name: 'template',
  schema,
  build({ source, template }) {
    return eachEntry((entry, extracted) => {
      const data = new Map<string, Value>();
      addExtracted(data, extracted);
      const value = data.get(source);
      if (value !== undefined) data.set('Value', value);
      data.set('Entry', entry.line.text);
      const text = fillTemplate(template, data);
      if (text === '') extracted.delete(source);
      else if (text !== undefined) extracted.set(source, text);
      return true;
    });
  },
};
