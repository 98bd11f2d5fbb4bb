import { parseByteSize } from '../fields/byte-size.js';
import type { Override } from '../fields/node.js';
import { parseGoDurationNanos } from '../go/duration.js';
import { formatGoFloat, parseGoFloat, parseGoInt } from '../go/strconv.js';
import { parseExternalLabels } from './external-labels.js';

/** How a flag's value is written: `read` turns it into what the config file would have, or throws an Error in Go's words. */
export type FlagType = (text: string) => Override['value'];

export const onOff: FlagType = (text) => {
  if (/^(1|t|T|true|TRUE|True)$/.test(text)) return { plain: 'true' };
  if (/^(0|f|F|false|FALSE|False)$/.test(text)) return { plain: 'false' };
  throw new Error('parse error');
};

export const string: FlagType = (text) => ({ text });

export const int: FlagType = (text) => {
  const value = parseGoInt(text, 0);
  if (value !== undefined) return { plain: String(value) };
  throw new Error(
    /^[+-]?(0x[0-9a-f]{16,}|[1-9][0-9]{18,})$/i.test(text) ? 'value out of range' : 'parse error',
  );
};

export const uint: FlagType = (text) => {
  if (/^[+-]/.test(text)) throw new Error('parse error');
  return int(text);
};

export const float: FlagType = (text) => {
  const value = parseGoFloat(text);
  if (value === undefined) throw new Error('parse error');
  return { plain: Number.isFinite(value) ? formatGoFloat(value) : `${value < 0 ? '-' : ''}.inf` };
};

export const duration: FlagType = (text) => {
  const nanos = parseGoDurationNanos(text);
  if (nanos === undefined) throw new Error('parse error');
  return { plain: String(nanos) };
};

export const size: FlagType = (text) => {
  const value = text === '' ? 0 : parseByteSize(text);
  if (value !== undefined) return { plain: String(value) };
  throw new Error(`strconv.UnmarshalText: parsing ${JSON.stringify(text.toUpperCase())}: invalid syntax`);
};

export const level: FlagType = (text) => {
  if (/^(debug|info|warn|error)$/.test(text)) return { text };
  throw new Error(`unrecognized log level ${JSON.stringify(text)}`);
};

export const labels: FlagType = (text) => ({ texts: parseExternalLabels(text) });
