import type { Intake } from '../entry/intake.js';

/** The intake of a job, as the job runs it. */
export interface JobIntake extends Intake {
  /** What has been handed over and is not settled, as far as senders wait for it or it is on the disk. */
  readonly waitingBytes: number;
  /** Before the job's targets start. */
  start(): Promise<void>;
  /** Before the job's targets stop: what they still hand over is kept, or refused soon. */
  stop(): Promise<void>;
  /** The clients that were to settle what they have are gone. */
  resend(): void;
}
