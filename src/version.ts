/** Of the agent; set when the bundle is made. */
export const version = process.env.AUDITAIL_VERSION ?? '0.0.0';
