import { AuditStage } from '../kubernetes-audit/audit-stage.js';
import { type AuditOptions, schema } from '../kubernetes-audit/options.js';
import type { StageKind } from '../stage.js';

/**
 * Reads lines as Kubernetes audit events: sets time, labels and metadata, takes secrets out, cuts what is too long, and counts what the
 * events tell. An extension: Promtail refuses a config that has it.
 */
export const kubernetesAudit: StageKind<AuditOptions> = {
  name: 'kubernetes_audit',
  schema,
  build: (options, deps) => new AuditStage(options, deps),
};
