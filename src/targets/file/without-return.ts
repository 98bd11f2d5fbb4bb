import { Line } from '../../entry/line.js';

/** Promtail drops a `\r` at the end of lines of compressed files, and keeps it in others. */
export function withoutReturn(line: Line): Line {
  const { bytes, end } = line;
  if (bytes !== undefined)
    return bytes[end - 1] === 0x0d && end > line.start ? Line.ofBytes(bytes, line.start, end - 1) : line;
  return line.text.endsWith('\r') ? Line.ofText(line.text.slice(0, -1)) : line;
}
