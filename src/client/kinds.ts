import type { Value } from '../fields/schema.js';
import { elasticsearch } from './elasticsearch/elasticsearch.js';
import { loki } from './loki.js';
import { none } from './none.js';
import { splunkHec } from './splunk-hec/splunk-hec.js';

/** Every kind of client; the first is what an item without a `type` is. */
export const clientKinds = [loki, elasticsearch, splunkHec, none] as const;

/** One item of `clients:`; its `type` tells of which kind it is. */
export type ClientOptions = Value<(typeof clientKinds)[number]['schema']>;
