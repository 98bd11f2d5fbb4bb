import { azureEventHubs } from './azure-event-hubs/azure-event-hubs.js';
import { cloudflare } from './cloudflare/cloudflare-target.js';
import { cloudwatch } from './cloudwatch/cloudwatch-target.js';
import { dockerConfigs } from './docker/docker-target.js';
import { gcplog } from './gcplog/gcplog-target.js';
import { gelf } from './gelf/gelf-target.js';
import { herokuDrain } from './heroku/heroku-target.js';
import { journal } from './journal/journal-target.js';
import { kafka } from './kafka/kafka-target.js';
import { kubernetesAuditWebhook } from './kubernetes-audit-webhook/kubernetes-audit-webhook.js';
import { lokiPush } from './loki-push/loki-push.js';
import { syslog } from './syslog/syslog-target.js';
import type { TargetKind } from './target.js';
import { windowsEvents } from './windows-events.js';

/** Every kind of target with a key of its own, in the order in which Promtail looks for them, those of our own last: the first that is there is taken. */
export const targetKinds: readonly TargetKind<unknown>[] = [
  journal,
  syslog,
  gcplog,
  lokiPush,
  windowsEvents,
  kafka,
  azureEventHubs,
  gelf,
  cloudflare,
  dockerConfigs,
  herokuDrain,
  cloudwatch,
  kubernetesAuditWebhook,
];
