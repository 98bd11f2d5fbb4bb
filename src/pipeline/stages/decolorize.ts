import { Line } from '../../entry/line.js';
import { ignored } from '../../fields/stage-fields.js';
import { eachEntry, type StageKind } from '../stage.js';

// Up to BEL if that is where letters, digits and semicolons lead, else to the first final character.
const escapeSequence =
  /[\x1b\x9b][[\]()#;?]*(?:[a-zA-Z\d]*(?:;[a-zA-Z\d]*)*\x07|(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PRZcf-nqrty=><~])/g;

/** Removes terminal escape sequences from the line. */
export const decolorize: StageKind<undefined> = {
  name: 'decolorize',
  schema: ignored,
  build() {
    return eachEntry((entry) => {
      const { text } = entry.line;
      const plain = text.replace(escapeSequence, '');
      if (plain !== text) entry.line = Line.ofText(plain);
      return true;
    });
  },
};
