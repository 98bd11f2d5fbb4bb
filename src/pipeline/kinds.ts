import type { StageKind } from './stage.js';
import { cri } from './stages/cri.js';
import { decolorize } from './stages/decolorize.js';
import { eventlogmessage } from './stages/eventlogmessage.js';
import { geoip } from './stages/geoip.js';
import { labelallow } from './stages/labelallow.js';
import { labeldrop } from './stages/labeldrop.js';
import { labels } from './stages/labels.js';
import { limit } from './stages/limit.js';
import { metrics } from './stages/metrics.js';
import { output } from './stages/output.js';
import { sampling } from './stages/sampling.js';
import { staticLabels } from './stages/static-labels.js';
import { nonIndexedLabels, structuredMetadata } from './stages/structured-metadata.js';
import { tenant } from './stages/tenant.js';
import { timestamp } from './stages/timestamp.js';

/** Every kind of stage, by its name in `pipeline_stages`. */
export const stageKinds: readonly StageKind<unknown>[] = [
  cri,
  decolorize,
  eventlogmessage,
  geoip,
  labelallow,
  labeldrop,
  labels,
  limit,
  metrics,
  nonIndexedLabels,
  output,
  sampling,
  staticLabels,
  structuredMetadata,
  tenant,
  timestamp,
];
