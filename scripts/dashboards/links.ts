const streams = '${job:queryparam}&${cluster:queryparam}&${instance:queryparam}&${__url_time_range}';

/** From a cell with a user to all that user did. Names come from clients, so they are encoded. */
export const userLink = `/d/auditail-user?var-user=\${__value.raw:percentencode}&${streams}`;
