import { optional } from '../../fields/schema.js';
import type { TargetKind } from '../target.js';
import { type WebhookConfig, webhookSchema } from './webhook-options.js';
import { WebhookTarget } from './webhook-target.js';

/** What API servers post with --audit-webhook-config-file. An extension: Promtail has no such target. */
export const kubernetesAuditWebhook: TargetKind<WebhookConfig> = {
  name: 'kubernetes_audit_webhook',
  field: optional(webhookSchema),
  usesPositions: false,
  sendersWait: true,
  build: (config, deps) => new WebhookTarget(config, deps),
};
