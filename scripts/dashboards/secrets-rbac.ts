import { dashboard, logLines, logRate, logStat, logTable } from './grafana.js';
import { userLink } from './links.js';
import { asSentence, count, ended, lines, rate, top, who } from './logql.js';
import { sources, streams } from './variables.js';

const secrets = '|= `"resource":"secrets"` | resource="secrets"';
const reads = '| verb=~"get|list|watch" | code=~"2.."';
const changes = '| verb=~"create|update|patch|delete|deletecollection" | code=~"2.."';
const rbac = '| resource=~"roles|clusterroles|rolebindings|clusterrolebindings"';
const people = '| user!~"system:(node:.*|nodes|kube-.*|apiserver)"';
const realChanges = `${changes} | json uri="requestURI" | uri!~\`[^?]*[?](.*&)?dryRun=All(&.*)?\``;

export const secretsRbac = dashboard(
  'secrets-rbac',
  'Secrets and RBAC',
  'Who reads and changes secrets, who changes rights, and who acts as somebody else.',
  [...sources, ...streams],
  [
    logStat('Secrets read', `sum(count_over_time(${lines(secrets, ended, reads, who, people)} [$__range]))`, {
      description: 'Not by nodes and the control plane, which do so all the time.',
    }),
    logStat(
      'Secrets listed',
      `sum(count_over_time(${lines(secrets, ended, reads, '| verb!="get"', who, people)} [$__range]))`,
    ),
    logStat(
      'Secrets changed',
      `sum(count_over_time(${lines(secrets, ended, realChanges, who, people)} [$__range]))`,
    ),
    logStat('Rights changed', `sum(count_over_time(${lines(rbac, ended, realChanges)} [$__range]))`),
    logStat(
      'Tokens made',
      `sum(count_over_time(${lines('| resource="serviceaccounts" | subresource="token"', ended, who, people)} [$__range]))`,
    ),
    logStat(
      'Impersonated requests',
      `sum(count_over_time(${lines('|= `"impersonatedUser":{`', ended)} [$__range]))`,
    ),
    logRate('Secret reads by verb', rate('verb', secrets, ended, reads), '{{verb}}', { unit: 'reqps' }),
    logRate('Changes of rights', rate('resource, verb', rbac, ended, realChanges), '{{verb}} {{resource}}', {
      unit: 'reqps',
    }),
    logTable(
      'Who reads secrets',
      top(15, count('user, verb, namespace', '$__range', secrets, ended, reads, who, people)),
      {
        user: userLink,
      },
    ),
    logTable(
      'Secrets read most',
      top(15, count('namespace, name', '$__range', secrets, ended, '| verb="get" | code="200"', who, people)),
    ),
    logTable(
      'Secrets refused or missing',
      top(15, count('user, code, namespace, name', '$__range', secrets, '| code=~"40[34]"', who)),
      {
        user: userLink,
      },
    ),
    logTable(
      'Acting as others',
      count(
        'user, imp',
        '$__range',
        '|= `"impersonatedUser":{`',
        ended,
        '| json imp="impersonatedUser.username"',
        who,
      ),
      {
        user: userLink,
      },
    ),
    logLines('Changes of rights', lines(rbac, ended, realChanges, who, asSentence), { h: 8 }),
    logLines('Changes of secrets', lines(secrets, ended, realChanges, who, asSentence), { h: 8 }),
    logLines(
      'Sessions in pods',
      lines(
        '| subresource=~"exec|attach|portforward" | stage="ResponseStarted" | json uri="requestURI"',
        who,
        '| line_format `{{.code}} {{.user}} {{.namespace}}/{{.name}} {{.uri}}`',
      ),
      { h: 8 },
    ),
    logLines(
      'Changes of admission',
      lines(
        '| resource=~"(mutating|validating)(webhookconfigurations|admissionpolic(y|ies).*)"',
        ended,
        realChanges,
        who,
        asSentence,
      ),
      { h: 8 },
    ),
  ],
);
