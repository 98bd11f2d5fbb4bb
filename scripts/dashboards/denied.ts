import { dashboard, logLines, logRate, logStat, logTable, metricRate } from './grafana.js';
import { userLink } from './links.js';
import { asSentence, count, ended, lines, rate, denied as refused, top, who } from './logql.js';
import { sources, streams, typed } from './variables.js';

const theirs = '| user=~"${user}"';

export const denied = dashboard(
  'denied',
  'Denied',
  'Requests that were refused: without valid credentials (401), or without the right (403).',
  [...sources, ...streams, typed('user', 'User')],
  [
    logStat('401', `sum(count_over_time(${lines(ended, '| code="401"')} [$__range]))`, { w: 6 }),
    logStat('403', `sum(count_over_time(${lines(ended, '| code="403"', who, theirs)} [$__range]))`, { w: 6 }),
    logStat('Users refused', `count(${count('user', '$__range', ended, '| code="403"', who, theirs)})`, {
      w: 6,
    }),
    logStat(
      'Anonymous, let through',
      `sum(count_over_time(${lines('| user="system:anonymous" or username="system:anonymous" | code=~"1..|2.."', '| json uri="requestURI"', '| uri!~"/(healthz|livez|readyz|version)([/?].*)?"')} [$__range]))`,
      { w: 6 },
    ),
    logRate('Refused by code', rate('code', ended, refused, who, theirs), '{{code}}', { unit: 'reqps' }),
    metricRate(
      'Refused by kind of user',
      'sum by (user_type) (rate(kubeaudit_denied_total{cluster=~"$cluster"}[$__rate_interval]))',
      '{{user_type}}',
      { unit: 'reqps', description: 'Counted by the agents.' },
    ),
    logTable(
      'By user',
      top(15, count('user, resource, verb', '$__range', ended, '| code="403"', who, theirs)),
      {
        user: userLink,
      },
    ),
    logTable(
      'Bad credentials by address',
      top(15, count('source_ip, agent', '$__range', ended, '| code="401"', '| json agent="userAgent"')),
      {},
      { description: 'The last address before the API server; who it was, nobody knows.' },
    ),
    logTable(
      'Different paths by user',
      top(
        15,
        `count by (user) (${count('user, uri', '$__range', ended, '| code="403"', '| json uri="requestURI"', who, theirs)})`,
      ),
      { user: userLink },
      { description: 'Many paths: somebody looks for what is open.' },
    ),
    logTable(
      'Own rights asked for',
      top(
        15,
        count('user', '$__range', '| resource=~"selfsubjectrulesreviews|selfsubjectaccessreviews"', who),
      ),
      { user: userLink },
    ),
    logLines('Refused requests', lines(ended, refused, who, theirs, asSentence)),
  ],
);
