import type { StageKind } from './stage.js';
import { cri } from './stages/cri.js';
import { decolorize } from './stages/decolorize.js';
import { docker } from './stages/docker.js';
import { drop } from './stages/drop.js';
import { eventlogmessage } from './stages/eventlogmessage.js';
import { geoip } from './stages/geoip.js';
import { json } from './stages/json.js';
import { kubernetesAudit } from './stages/kubernetes-audit.js';
import { labelallow } from './stages/labelallow.js';
import { labeldrop } from './stages/labeldrop.js';
import { labels } from './stages/labels.js';
import { limit } from './stages/limit.js';
import { logfmt } from './stages/logfmt.js';
import { match } from './stages/match.js';
import { metrics } from './stages/metrics.js';
import { multiline } from './stages/multiline.js';
import { output } from './stages/output.js';
import { pack } from './stages/pack.js';
import { regex } from './stages/regex.js';
import { replace } from './stages/replace.js';
import { sampling } from './stages/sampling.js';
import { staticLabels } from './stages/static-labels.js';
import { nonIndexedLabels, structuredMetadata } from './stages/structured-metadata.js';
import { template } from './stages/template.js';
import { tenant } from './stages/tenant.js';
import { timestamp } from './stages/timestamp.js';

/** Every kind of stage, by its name in `pipeline_stages`. */
export const stageKinds: readonly StageKind<unknown>[] = [
  cri,
  decolorize,
  docker,
  drop,
  eventlogmessage,
  geoip,
  json,
  kubernetesAudit,
  labelallow,
  labeldrop,
  labels,
  limit,
  logfmt,
  match,
  metrics,
  multiline,
  output,
  pack,
  regex,
  replace,
  sampling,
  staticLabels,
  nonIndexedLabels,
  structuredMetadata,
  template,
  tenant,
  timestamp,
];
