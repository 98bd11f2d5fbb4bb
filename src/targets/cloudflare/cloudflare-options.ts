import { labelName } from '../../fields/label-name.js';
import { int, prometheusDuration, text } from '../../fields/scalars.js';
import { checked, listOf, mapOf, optional, struct, type Value, withDefault } from '../../fields/schema.js';
import { secret } from '../../fields/secret.js';
import { fieldsTypes } from './fields.js';

/** Zero stands for the default, as in Promtail. */
export const cloudflareOptions = checked(
  struct({
    api_token: optional(secret),
    zone_id: withDefault(text, ''),
    labels: withDefault(mapOf(text, labelName), new Map<string, string>()),
    workers: withDefault(int, 0),
    pull_range: withDefault(prometheusDuration, 0),
    fields_type: withDefault(text, ''),
    additional_fields: withDefault(listOf(text), []),
  }),
  ({ api_token: token, zone_id: zone, fields_type: type, workers }) => {
    if (type !== '' && !fieldsTypes.includes(type)) return `unknown fields type: ${type}`;
    if ((token?.reveal() ?? '') === '') return 'cloudflare api token is required';
    if (zone === '') return 'cloudflare zone id is required';
    return workers < 0 ? 'workers cannot be negative' : undefined;
  },
);
export type CloudflareOptions = Value<typeof cloudflareOptions>;
