import { bool, duration, text } from '../../fields/scalars.js';
import { checked, type Field, optional, struct, type Value, withDefault } from '../../fields/schema.js';
import { type CompressionFormat, compressionFormats } from './decompress.js';

const options = struct({
  enabled: withDefault(bool, false),
  format: withDefault(text, ''),
  initial_delay: withDefault(duration, 0),
});

/** The key `decompression` of a scrape config. A format that there is not is refused, where Promtail leaves each file unread. */
export const decompressionField: Field<DecompressionOptions | undefined> = optional(
  checked(options, ({ enabled, format }) =>
    enabled && !isFormat(format)
      ? `expected format: ${compressionFormats.join(', ')}, not ${JSON.stringify(format)}`
      : undefined,
  ),
);

export type DecompressionOptions = Value<typeof options>;

/** What is to be done; undefined: nothing. */
export function decompressionOf(
  decoded: DecompressionOptions | undefined,
): { format: CompressionFormat; initialDelayMs: number } | undefined {
  if (decoded === undefined || !decoded.enabled) return undefined;
  return { format: decoded.format as CompressionFormat, initialDelayMs: decoded.initial_delay };
}

function isFormat(format: string): format is CompressionFormat {
  return (compressionFormats as readonly string[]).includes(format);
}
