import { Line } from '../entry/line.js';
import { encodeText } from '../entry/text.js';

/** `limits_config`, as far as clients keep to it; 0 is no limit. */
export interface ClientLimits {
  readonly maxLineSize: number;
  readonly maxLineSizeTruncate: boolean;
  readonly maxStreams: number;
}

/** The first `maxBytes` of a line, be it in the middle of a character, as Promtail cuts. The line itself stays as it is. */
export function cutLine(line: Line, maxBytes: number): Line {
  return line.bytes === undefined
    ? Line.ofBytes(encodeText(line.text), 0, maxBytes)
    : Line.ofBytes(line.bytes, line.start, line.start + maxBytes);
}
