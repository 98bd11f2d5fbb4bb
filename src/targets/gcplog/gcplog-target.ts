import { optional } from '../../fields/schema.js';
import type { TargetKind } from '../target.js';
import { type GcplogOptions, gcplogSchema } from './gcplog-schema.js';
import { PullTarget } from './pull-target.js';
import { gcplogPush } from './push-inlet.js';

/** What Google's Cloud Logging publishes to Pub/Sub: pulled from a subscription, or pushed by one. */
export const gcplog: TargetKind<GcplogOptions> = {
  name: 'gcplog',
  field: optional(gcplogSchema),
  usesPositions: false,
  sendersWait: true,
  build: (options, deps) =>
    options.subscription_type === 'push' ? gcplogPush(options, deps) : new PullTarget(options, deps),
};
